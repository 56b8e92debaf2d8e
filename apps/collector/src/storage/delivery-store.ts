import type { Pool } from "./pool.ts";

/** Held by the one replica that prunes. */
const PRUNE_LOCK = 7_263_845_191;

export interface DeliveryStore {
  /** Forgets deliveries received before `beforeMs`; another replica that is at it does the work instead. */
  prune(beforeMs: number): Promise<number>;
}

export function createDeliveryStore(pool: Pool): DeliveryStore {
  return {
    prune: (beforeMs) =>
      pool.run(({ sql }) =>
        sql.begin(async (transaction) => {
          const [lock] = await transaction<{ held: boolean }[]>`
            SELECT pg_try_advisory_xact_lock(${PRUNE_LOCK}::bigint) AS held`;
          if (lock?.held !== true) return 0;
          // Of all projects at once: age decides, not ownership.
          const { count } = await transaction`
            DELETE FROM deliveries WHERE received_at < to_timestamp(${beforeMs}::float8 / 1000)`;
          return count;
        }),
      ),
  };
}
