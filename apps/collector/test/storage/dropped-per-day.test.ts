import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DroppedPerDay } from "../../src/storage/dropped-per-day.ts";
import { openPools, type Pools } from "../../src/storage/pools.ts";
import { TARGETS, type TestDatabase } from "./targets.ts";

const MIDNIGHT_MS = Date.UTC(2026, 10, 23);

describe.each(TARGETS)("what clients gave up, in $name", ({ open }) => {
  let database: TestDatabase;
  let pools: Pools;

  beforeAll(async () => {
    database = await open();
    pools = openPools(database.address);
  });
  afterAll(async () => {
    await pools?.close(1_000);
    await database?.drop();
  });

  const rows = () =>
    pools.lookup.run(async ({ sql }) => {
      const found = await sql`
        SELECT project_id, day::text, reason, events::int FROM dropped_per_day ORDER BY project_id, day, reason`;
      return found.map((row) => Object.values(row).join(" "));
    });

  it("adds up per project, UTC day and reason, whichever replica it was told to", async () => {
    const replicas = [new DroppedPerDay(pools.lookup), new DroppedPerDay(pools.lookup)];
    for (const replica of replicas) {
      replica.add(7, { expired: 3, queue_full: 1 }, MIDNIGHT_MS - 1);
      replica.add(7, { expired: 2 }, MIDNIGHT_MS - 60_000);
      replica.add(7, { expired: 1_000_000 }, MIDNIGHT_MS);
      replica.add(8, { rejected: 1 }, MIDNIGHT_MS);
    }
    await Promise.all(replicas.map((replica) => replica.flush()));
    await Promise.all(replicas.map((replica) => replica.flush()));
    expect(await rows()).toEqual([
      "7 2026-11-22 expired 10",
      "7 2026-11-22 queue_full 2",
      "7 2026-11-23 expired 2000000",
      "8 2026-11-23 rejected 2",
    ]);
  });

  it("keeps what could not be written for the next time", async () => {
    await pools.lookup.run(({ sql }) => sql`TRUNCATE dropped_per_day`);
    const dropped = new DroppedPerDay(pools.lookup);
    dropped.add(7, { expired: 3 }, MIDNIGHT_MS);
    await pools.lookup.run(({ sql }) => sql`ALTER TABLE dropped_per_day RENAME TO away`);
    await expect(dropped.flush()).rejects.toThrow();
    dropped.add(7, { expired: 1 }, MIDNIGHT_MS);
    await pools.lookup.run(({ sql }) => sql`ALTER TABLE away RENAME TO dropped_per_day`);
    await dropped.flush();
    expect(await rows()).toEqual(["7 2026-11-23 expired 4"]);
  });
});
