import { MasterSecretError } from "./errors.ts";
import type { Pool } from "./pool.ts";

/**
 * Notes which master secret this database is used with, or checks it: the signing secrets of its keys are derived from it. A
 * former secret hands over to the current one.
 *
 * @param fingerprints of the current master secret, then of former ones that are still accepted
 * @throws {MasterSecretError} when the database was used with another one
 */
export async function claimMasterSecret(pool: Pool, [current = "", ...former]: readonly string[]): Promise<void> {
  const [row] = await pool.run(
    ({ sql }) => sql<{ fingerprint: string }[]>`
      INSERT INTO master_secret_fingerprint AS stored (id, fingerprint) VALUES (1, ${current}::text)
      ON CONFLICT (id) DO UPDATE SET fingerprint = CASE
        WHEN stored.fingerprint = ANY (${`{${former.join(",")}}`}::text::text[]) THEN excluded.fingerprint
        ELSE stored.fingerprint
      END
      RETURNING fingerprint`,
  );
  if (row?.fingerprint !== current) throw new MasterSecretError();
}
