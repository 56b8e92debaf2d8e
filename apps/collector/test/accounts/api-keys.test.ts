import { createHash } from "node:crypto";
import { API_KEY_PATTERN, SIGNING_SECRET_PATTERN } from "@org/mcp-analytics-schema";
import { beforeEach, describe, expect, it } from "vitest";
import { createApiKey, listApiKeys, revokeApiKey, setApiKeyTier } from "../../src/accounts/api-keys.ts";
import { formatCreatedKey, formatKeys } from "../../src/accounts/format-keys.ts";
import { signingSecret } from "../../src/accounts/signing-secret.ts";
import type { ApiKeyStore, NewApiKey, StoredApiKey } from "../../src/storage/api-key-store.ts";

const NOW_MS = Date.UTC(2026, 10, 22);
const masterSecret = Buffer.alloc(32, 7);
const SECRET_V1 = "wms_20aafc5ce3d14cae1ab70fd18d4cbc98622d923deb3eab404aee8cd7ee00ce94";

describe("API keys", () => {
  let added: NewApiKey[];
  let keys: StoredApiKey[];
  const now = () => NOW_MS;
  const store: ApiKeyStore = {
    async add(key) {
      added.push(key);
      const unset = { rateLimitPerDay: null, secretVersion: 1, lastUsedAt: null, revokedAt: null };
      keys.push({ ...key, ...unset, status: "active", createdAt: new Date(NOW_MS) });
    },
    list: async () => keys,
    async revoke(_projectId, apiKeyId, at) {
      keys = keys.map((key) => (key.apiKeyId === apiKeyId ? { ...key, status: "revoked", revokedAt: at } : key));
      return true;
    },
    setTier: async () => true,
    setRateLimitPerDay: async () => true,
  };
  const deps = { store, masterSecret, now };

  beforeEach(() => {
    added = [];
    keys = [];
  });

  it("are made of random bytes, and only their hash is stored", async () => {
    const created = await createApiKey(deps, { projectId: 1 });
    expect(created.key).toMatch(new RegExp(API_KEY_PATTERN));
    expect(created.signingSecret).toMatch(new RegExp(SIGNING_SECRET_PATTERN));
    expect(created).toMatchObject({ name: "default", tier: "free", requireSignature: false });
    expect(added[0]?.keyHash).toBe(createHash("sha256").update(created.key).digest("hex"));
    expect(JSON.stringify(added)).not.toContain(created.key);
    expect(JSON.stringify(added)).not.toContain(created.signingSecret);
    expect((await createApiKey(deps, { projectId: 1 })).key).not.toBe(created.key);
  });

  it("sign with a secret that follows from master secret, id and version", () => {
    const id = "5f0c5a2e-7c1a-4a0e-9a55-0c8f6f1f2a11";
    // HKDF-SHA256(ikm = 32 times 07, salt = "", info = "mcp-analytics/signing/v1/<id>/<version>"), computed apart.
    expect(signingSecret(masterSecret, id, 1)).toBe(SECRET_V1);
    expect(signingSecret(masterSecret, id, 2)).not.toBe(SECRET_V1);
    expect(signingSecret(Buffer.alloc(32, 8), id, 1)).not.toBe(SECRET_V1);
  });

  it("are revoked by id or by their last four characters, when those tell one key", async () => {
    const created = await createApiKey(deps, { projectId: 1 });
    await revokeApiKey(deps, 1, created.key.slice(-4));
    expect((await listApiKeys(deps, 1))[0]).toMatchObject({ status: "revoked", revokedAt: new Date(NOW_MS) });
    await expect(revokeApiKey(deps, 1, created.apiKeyId)).rejects.toThrow(/^No active key/);
  });

  it("are not revoked by four characters that two of them end in", async () => {
    const { key } = await createApiKey(deps, { projectId: 1 });
    const [first] = keys as [StoredApiKey];
    keys.push({ ...first, apiKeyId: "another" });
    await expect(revokeApiKey(deps, 1, key.slice(-4))).rejects.toThrow("2 keys end in");
    await revokeApiKey(deps, 1, "another");
    expect(keys.map(({ status }) => status)).toEqual(["active", "revoked"]);
  });

  it("change their tier", async () => {
    const { apiKeyId } = await createApiKey(deps, { projectId: 1 });
    expect(await setApiKeyTier(deps, 1, apiKeyId, "pro")).toMatchObject({ apiKeyId, tier: "pro" });
  });

  it("show prefix and last four in lists, and never more", async () => {
    const created = await createApiKey(deps, { projectId: 1, name: "laptop", tier: "pro" });
    for (const text of [formatKeys(keys, false), formatKeys(keys, true)]) {
      expect(text).toContain(created.key.slice(-4));
      expect(text).toContain("laptop");
      expect(text).not.toContain(created.key.slice(4, 20));
      expect(text).not.toContain(added[0]?.keyHash);
    }
    expect(JSON.parse(formatCreatedKey(created, true))).toMatchObject({ id: created.apiKeyId, key: created.key });
    expect(formatCreatedKey(created, false)).toContain(created.signingSecret);
  });
});
