import type { StoredApiKey } from "../storage/api-key-store.ts";
import type { CreatedApiKey } from "./api-keys.ts";

/** What `keys create` prints: the only time that key and secret are seen. */
export function formatCreatedKey(created: CreatedApiKey, json: boolean): string {
  const { apiKeyId, key, signingSecret, name, tier, requireSignature } = created;
  if (json) return JSON.stringify({ id: apiKeyId, key, signingSecret, name, tier, requireSignature });
  return [
    `API key         ${key}`,
    `Signing secret  ${signingSecret}${requireSignature ? "  (required)" : ""}`,
    `Id              ${apiKeyId}  (${name}, ${tier})`,
    "Keep them now: neither is shown again.",
  ].join("\n");
}

/** What `keys list` prints. */
export function formatKeys(keys: readonly StoredApiKey[], json: boolean): string {
  if (json) return JSON.stringify(keys.map(toJson));
  if (keys.length === 0) return "There is no key yet. Make one with: collector keys create";
  const rows = keys.map((key) => [
    key.apiKeyId,
    `${key.keyPrefix}...${key.lastFour}`,
    key.name,
    key.tier,
    key.status,
    day(key.createdAt),
    key.lastUsedAt === null ? "never" : day(key.lastUsedAt),
  ]);
  const table = [["ID", "KEY", "NAME", "TIER", "STATUS", "CREATED", "LAST USED"], ...rows];
  const widths = table.reduce<number[]>((most, row) => row.map((cell, i) => Math.max(most[i] ?? 0, cell.length)), []);
  return table
    .map((row) =>
      row
        .map((cell, i) => cell.padEnd(widths[i] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

function toJson({ apiKeyId, keyPrefix, lastFour, createdAt, lastUsedAt, revokedAt, ...key }: StoredApiKey) {
  const { name, status, tier, rateLimitPerDay, requireSignature } = key;
  const common = { id: apiKeyId, prefix: keyPrefix, lastFour, name, status, tier, rateLimitPerDay, requireSignature };
  return { ...common, createdAt, lastUsedAt, revokedAt };
}

const day = (at: Date) => at.toISOString().slice(0, 10);
