import type { Tier } from "@org/mcp-analytics-schema/constants";
import { and, asc, eq, ne, sql } from "./drizzle.ts";
import { StorageFaultError } from "./errors.ts";
import type { Pool } from "./pool.ts";
import { apiKeys, projects } from "./schema.ts";

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
    add: ({ projectId, apiKeyId, ...key }) =>
      pool.run(({ db }) =>
        db.transaction(async (transaction) => {
          const [project] = await transaction
            .update(projects)
            .set({ lastKeyId: sql`${projects.lastKeyId} + 1` })
            .where(eq(projects.id, projectId))
            .returning({ keyId: projects.lastKeyId });
          if (project === undefined) throw new StorageFaultError("NO_PROJECT");
          await transaction.insert(apiKeys).values({ projectId, keyId: project.keyId, id: apiKeyId, ...key });
        }),
      ),

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
