import { createHash, hkdfSync, randomBytes, randomUUID } from "node:crypto";
import type { Tier } from "@org/mcp-analytics-schema";
import type { Sql } from "postgres";

/** A key that a case attacks with, or attacks. */
export interface AttackKey {
  readonly apiKey: string;
  /** SHA-256, as stored */
  readonly hash: string;
  /** undefined where nobody has told it */
  readonly signingSecret: string | undefined;
  readonly projectId: number;
  readonly keyId: number;
  readonly apiKeyId: string;
  readonly tier: Tier;
}

export interface KeyOptions {
  /** Defaults to `enterprise`, so that limits are not in the way. */
  readonly tier?: Tier;
  readonly requireSignature?: boolean;
  readonly rateLimitPerDay?: number;
  readonly status?: "active" | "disabled" | "revoked";
}

export const hashOf = (apiKey: string): string => createHash("sha256").update(apiKey).digest("hex");

/** A text that follows the grammar of keys, made by nobody. */
export const inventedKey = (): string => `wmc_${randomBytes(32).toString("hex")}`;

/** The secret as design and wire protocol say it is derived; written here a second time on purpose. */
export function deriveSigningSecret(masterSecret: Buffer, apiKeyId: string, version: number): string {
  const info = `mcp-analytics/signing/v1/${apiKeyId}/${version}`;
  return `wms_${Buffer.from(hkdfSync("sha256", masterSecret, "", info, 32)).toString("hex")}`;
}

/** Writes projects and keys straight into the database, as many as there are cases. */
export class KeyMaker {
  readonly #sql: Sql;
  readonly #masterSecret: Buffer;
  #lastProjectId = 1_000;
  readonly #lastKeyIds = new Map<number, number>();

  constructor(sql: Sql, masterSecret: Buffer) {
    this.#sql = sql;
    this.#masterSecret = masterSecret;
  }

  async project(): Promise<number> {
    const id = ++this.#lastProjectId;
    await this.#sql`INSERT INTO projects (id, name) VALUES (${id}, 'attacked')`;
    return id;
  }

  async key(projectId: number, options: KeyOptions = {}): Promise<AttackKey> {
    const { tier = "enterprise", requireSignature = false, rateLimitPerDay = null, status = "active" } = options;
    const keyId = (this.#lastKeyIds.get(projectId) ?? 0) + 1;
    this.#lastKeyIds.set(projectId, keyId);
    const apiKey = inventedKey();
    const apiKeyId = randomUUID();
    const hash = hashOf(apiKey);
    await this.#sql`
      INSERT INTO api_keys (project_id, key_id, id, key_hash, key_prefix, last_four, name, status, tier,
        rate_limit_per_day, require_signature)
      VALUES (${projectId}, ${keyId}, ${apiKeyId}, ${hash}, ${apiKey.slice(0, 8)}, ${apiKey.slice(-4)}, 'attacker',
        ${status}, ${tier}, ${rateLimitPerDay}, ${requireSignature})`;
    const signingSecret = deriveSigningSecret(this.#masterSecret, apiKeyId, 1);
    return { apiKey, hash, signingSecret, projectId, keyId, apiKeyId, tier };
  }
}
