import type { Tier } from "@org/mcp-analytics-schema/constants";
import { StorageUnavailableError } from "./errors.ts";
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
  /** Hour of the last noted use, Unix ms; 0 when there is none. */
  readonly lastUsedAtMs: number;
}

export interface KeyStore {
  /**
   * @param keyHash lower-case SHA-256 hex of the key
   * @returns undefined for unknown and deleted keys
   * @throws {StorageUnavailableError} when the database is out
   */
  findByHash(keyHash: string): Promise<KeyRecord | undefined>;
}

/** Keys of one statement; the rest waits for the next. */
const MAX_KEYS_PER_STATEMENT = 500;

interface Row extends Omit<KeyRecord, "status"> {
  /** Position in the list of hashes, from 1. */
  readonly position: number;
  readonly isActive: boolean;
}

interface Lookup {
  readonly keyHash: string;
  resolve(record: KeyRecord | undefined): void;
  reject(error: unknown): void;
}

/**
 * Looks keys up. Look-ups of one turn of the event loop share a statement, and look-ups that arrive while a statement runs
 * share the next: a fleet of keys that are rarely seen costs one round trip for many of them.
 */
export function createKeyStore(pool: Pool): KeyStore {
  let waiting: Lookup[] = [];
  let isRunning = false;

  async function runAll(): Promise<void> {
    while (waiting.length > 0) {
      const lookups = waiting.slice(0, MAX_KEYS_PER_STATEMENT);
      waiting = waiting.slice(MAX_KEYS_PER_STATEMENT);
      try {
        const records = await findAll(pool, lookups);
        for (const [index, lookup] of lookups.entries()) lookup.resolve(records[index]);
      } catch (error) {
        // Look-ups behind a database that has just hung for seconds have waited long enough.
        const refused = isDeadline(error) ? [...lookups, ...waiting.splice(0)] : lookups;
        for (const lookup of refused) lookup.reject(error);
      }
    }
    isRunning = false;
  }

  return {
    findByHash: (keyHash) =>
      new Promise((resolve, reject) => {
        waiting.push({ keyHash, resolve, reject });
        if (isRunning) return;
        isRunning = true;
        setImmediate(() => void runAll());
      }),
  };
}

function isDeadline(error: unknown): boolean {
  return error instanceof StorageUnavailableError && error.code === "DEADLINE";
}

/** @returns records in the order of the look-ups, with gaps where there is no key */
async function findAll(pool: Pool, lookups: readonly Lookup[]): Promise<(KeyRecord | undefined)[]> {
  const hashes = `{${lookups.map(({ keyHash }) => keyHash).join(",")}}`;
  // `bpchar` like the column: with `text` PostgreSQL would cast the column and scan the table. Written out, because
  // drizzle would build the statement each time.
  const rows = await pool.run(
    ({ sql }) => sql<Row[]>`
      SELECT u.position::int, k.project_id AS "projectId", k.key_id AS "keyId", k.id AS "apiKeyId",
        k.status = 'active' AS "isActive", k.tier, k.rate_limit_per_day AS "rateLimitPerDay",
        k.require_signature AS "requireSignature", k.secret_version AS "secretVersion",
        coalesce(extract(epoch FROM k.last_used_at) * 1000, 0)::float8 AS "lastUsedAtMs"
      FROM unnest(${hashes}::text::bpchar[]) WITH ORDINALITY AS u(key_hash, position)
      JOIN api_keys k ON k.key_hash = u.key_hash`,
  );
  const records: (KeyRecord | undefined)[] = new Array(lookups.length);
  for (const { position, isActive, ...row } of rows) {
    records[position - 1] = { ...row, status: isActive ? "active" : "disabled" };
  }
  return records;
}
