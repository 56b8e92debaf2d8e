import type { Tier } from "@org/mcp-analytics-schema/constants";
import { and, asc, eq, ne } from "./drizzle.ts";
import { StorageFaultError } from "./errors.ts";
import type { Pool } from "./pool.ts";
import { apiKeys } from "./schema.ts";

/** A key as lists show it: never more of it than its first eight and last four characters. */
export interface StoredApiKey {
  readonly apiKeyId: string;
  readonly keyPrefix: string;
  readonly lastFour: string;
  readonly name: string;
  readonly status: "active" | "disabled" | "revoked";
  readonly tier: Tier;
  readonly rateLimitPerDay: number | null;
  readonly requireSignature: boolean;
  readonly secretVersion: number;
  readonly createdAt: Date;
  readonly lastUsedAt: Date | null;
  readonly revokedAt: Date | null;
}

export interface NewApiKey {
  readonly projectId: number;
  readonly apiKeyId: string;
  readonly keyHash: string;
  readonly keyPrefix: string;
  readonly lastFour: string;
  readonly name: string;
  readonly tier: Tier;
  readonly requireSignature: boolean;
}

/** Owns the SQL of `api_keys`, apart from the look-up of ingest. */
export interface ApiKeyStore {
  add(key: NewApiKey): Promise<void>;
  /** Oldest first. */
  list(projectId: number): Promise<StoredApiKey[]>;
  /** False when there is no such key, or it is revoked already. */
  revoke(projectId: number, apiKeyId: string, at: Date): Promise<boolean>;
  /** False when there is no such key. */
  setTier(projectId: number, apiKeyId: string, tier: Tier): Promise<boolean>;
  /** Null: what the tier says. False when there is no such key. */
  setRateLimitPerDay(projectId: number, apiKeyId: string, rateLimitPerDay: number | null): Promise<boolean>;
}

export function createApiKeyStore(pool: Pool): ApiKeyStore {
  const is = (projectId: number, apiKeyId: string) => and(eq(apiKeys.projectId, projectId), eq(apiKeys.id, apiKeyId));
  return {
    async add(key) {
      const { count } = await pool.run(
        ({ sql }) => sql`
          WITH project AS (
            UPDATE projects SET last_key_id = last_key_id + 1 WHERE id = ${key.projectId}::int RETURNING id, last_key_id
          )
          INSERT INTO api_keys
            (project_id, key_id, id, key_hash, key_prefix, last_four, name, tier, require_signature)
          SELECT id, last_key_id, ${key.apiKeyId}::uuid, ${key.keyHash}::text, ${key.keyPrefix}::text,
            ${key.lastFour}::text, ${key.name}::text, ${key.tier}::text, ${key.requireSignature}::boolean
          FROM project`,
      );
      if (count === 0) throw new StorageFaultError("NO_PROJECT");
    },

    list: (projectId) =>
      pool.run(({ db }) =>
        db
          .select({
            apiKeyId: apiKeys.id,
            keyPrefix: apiKeys.keyPrefix,
            lastFour: apiKeys.lastFour,
            name: apiKeys.name,
            status: apiKeys.status,
            tier: apiKeys.tier,
            rateLimitPerDay: apiKeys.rateLimitPerDay,
            requireSignature: apiKeys.requireSignature,
            secretVersion: apiKeys.secretVersion,
            createdAt: apiKeys.createdAt,
            lastUsedAt: apiKeys.lastUsedAt,
            revokedAt: apiKeys.revokedAt,
          })
          .from(apiKeys)
          .where(eq(apiKeys.projectId, projectId))
          .orderBy(asc(apiKeys.keyId)),
      ),

    async revoke(projectId, apiKeyId, at) {
      const rows = await pool.run(({ db }) =>
        db
          .update(apiKeys)
          .set({ status: "revoked", revokedAt: at })
          .where(and(is(projectId, apiKeyId), ne(apiKeys.status, "revoked")))
          .returning({ id: apiKeys.id }),
      );
      return rows.length > 0;
    },

    async setTier(projectId, apiKeyId, tier) {
      const rows = await pool.run(({ db }) =>
        db.update(apiKeys).set({ tier }).where(is(projectId, apiKeyId)).returning({ id: apiKeys.id }),
      );
      return rows.length > 0;
    },

    async setRateLimitPerDay(projectId, apiKeyId, rateLimitPerDay) {
      const rows = await pool.run(({ db }) =>
        db.update(apiKeys).set({ rateLimitPerDay }).where(is(projectId, apiKeyId)).returning({ id: apiKeys.id }),
      );
      return rows.length > 0;
    },
  };
}
