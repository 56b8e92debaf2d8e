import type { Pool } from "./pool.ts";

export interface StorageHealth {
  /**
   * Writes and commits a row.
   *
   * @throws {StorageUnavailableError} when the database cannot store: out, read-only, full, or without its tables yet
   */
  probe(): Promise<void>;
}

/** Readiness must tell the truth within two seconds, also when nothing answers. */
const PROBE_DEADLINE_MS = 1_500;

export function createStorageHealth(pool: Pool): StorageHealth {
  return {
    async probe() {
      await pool.run(
        ({ sql }) => sql`
          INSERT INTO write_probes (id, probed_at) VALUES (1, now())
          ON CONFLICT (id) DO UPDATE SET probed_at = excluded.probed_at`,
        PROBE_DEADLINE_MS,
      );
    },
  };
}
