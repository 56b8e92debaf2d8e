import type { Tier } from "@org/mcp-analytics-schema/constants";
import type { Pool } from "./pool.ts";

export type KeyStatus = "active" | "disabled";

/** What ingest needs to know about an API key. */
export interface KeyRecord {
  readonly projectId: number;
  /** Number of the key in its project: what stands in `events_raw`. */
  readonly keyId: number;
  /** UUID: the id that people and the guide's tables see. */
  readonly apiKeyId: string;
  /** A revoked key is disabled for good. */
  readonly status: KeyStatus;
  readonly tier: Tier;
  /** null: what the tier says. */
  readonly rateLimitPerDay: number | null;
  readonly requireSignature: boolean;
  readonly secretVersion: number;
}

export interface KeyStore {
  /**
   * @param keyHash lower-case SHA-256 hex of the key
   * @returns undefined for unknown and deleted keys
   * @throws {StorageUnavailableError} when the database is out
   */
  findByHash(keyHash: string): Promise<KeyRecord | undefined>;
}

/** Looks keys up one by one; whoever asks often keeps a cache. */
export function createKeyStore(pool: Pool): KeyStore {
  return {
    async findByHash(keyHash) {
      // A statement that is written out: each key in use is looked up every few seconds, and drizzle would build it each time.
      const [row] = await pool.run(
        ({ sql }) => sql<(Omit<KeyRecord, "status"> & { readonly status: string })[]>`
          SELECT project_id AS "projectId", key_id AS "keyId", id AS "apiKeyId", status, tier,
            rate_limit_per_day AS "rateLimitPerDay", require_signature AS "requireSignature", secret_version AS "secretVersion"
          FROM api_keys WHERE key_hash = ${keyHash}`,
      );
      return row === undefined ? undefined : { ...row, status: row.status === "active" ? "active" : "disabled" };
    },
  };
}
