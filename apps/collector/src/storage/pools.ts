import { type DatabaseAddress, Pool } from "./pool.ts";

/** Connections by purpose, so that no purpose can starve another. */
export interface Pools {
  /** One connection, for flushes only. */
  readonly flush: Pool;
  /** Short statements on the path of a request: keys, names, the write probe. */
  readonly lookup: Pool;
  /** The dashboard and the read API. */
  readonly read: Pool;
  /** Partitions and retention: may take its time. */
  readonly upkeep: Pool;
  close(deadlineMs: number): Promise<void>;
}

export function openPools(address: DatabaseAddress): Pools {
  const flush = new Pool(address, {
    name: "collector flush",
    maxConnections: 1,
    statementTimeoutMs: 2_500,
    // A delivery may come while another waits for a lock, and then waits itself: both have their answer within a second.
    lockTimeoutMs: 400,
    deadlineMs: 3_000,
    // The planner takes every array for ten rows, and a nested loop over a thousand deliveries is a million steps.
    session: { enable_nestloop: "off" },
  });
  const lookup = new Pool(address, {
    name: "collector lookup",
    maxConnections: 3,
    // Beyond the deadline: the server counts the time as well in which this process is held up between two messages of one
    // statement, and would cancel what nothing is wrong with.
    statementTimeoutMs: 5_000,
    lockTimeoutMs: 500,
    deadlineMs: 2_000,
  });
  const read = new Pool(address, {
    name: "collector read",
    maxConnections: 4,
    // Ordered: the statement ends first, then the reader gets its 503, then an idle connection would be cut (12 s).
    statementTimeoutMs: 8_000,
    lockTimeoutMs: 1_000,
    deadlineMs: 9_000,
  });
  const upkeep = new Pool(address, {
    name: "collector upkeep",
    maxConnections: 1,
    statementTimeoutMs: 60_000,
    lockTimeoutMs: 1_000,
    deadlineMs: 65_000,
  });
  const all = [flush, lookup, read, upkeep];
  return {
    flush,
    lookup,
    read,
    upkeep,
    async close(deadlineMs) {
      await Promise.all(all.map((pool) => pool.close(deadlineMs)));
    },
  };
}
