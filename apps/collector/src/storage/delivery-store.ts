import type { Pool } from "./pool.ts";

/** Held by the one replica that prunes. */
const PRUNE_LOCK = 7_263_845_191;

export interface DeliveryStore {
  /** Deletes deliveries received before `beforeMs`; returns 0 at once while another replica does it. */
  prune(beforeMs: number): Promise<number>;
}

export function createDeliveryStore(pool: Pool): DeliveryStore {
  return {
    async prune(beforeMs) {
      // Deletes from all projects: age decides, not ownership. The lock goes with the transaction, which is this statement.
      const { count } = await pool.run(
        ({ sql }) => sql`
          WITH turn AS MATERIALIZED (SELECT pg_try_advisory_xact_lock(${PRUNE_LOCK}::bigint) AS held)
          DELETE FROM deliveries
          WHERE (SELECT held FROM turn) AND received_at < to_timestamp(${beforeMs}::float8 / 1000)`,
      );
      return count;
    },
  };
}
