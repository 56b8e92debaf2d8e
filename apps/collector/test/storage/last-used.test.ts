import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createApiKeyStore } from "../../src/storage/api-key-store.ts";
import { createKeyStore } from "../../src/storage/key-store.ts";
import { LastUsed } from "../../src/storage/last-used.ts";
import { openPools, type Pools } from "../../src/storage/pools.ts";
import { TARGETS, type TestDatabase } from "./targets.ts";

const HOUR_MS = 3_600_000;
const NOW_MS = Date.UTC(2026, 10, 22, 12, 34, 56, 789);

describe.each(TARGETS)("keys in $name", ({ open }) => {
  let database: TestDatabase;
  let pools: Pools;

  beforeAll(async () => {
    database = await open();
    pools = openPools(database.address);
  });
  afterAll(async () => {
    await pools?.close(1_000);
    await database?.drop();
  });

  async function add(): Promise<{ apiKeyId: string; keyHash: string }> {
    const apiKeyId = randomUUID();
    const keyHash = `${apiKeyId}${randomUUID()}`.replaceAll("-", "");
    const shown = { keyPrefix: "wmc_0000", lastFour: "0000", name: "test" };
    const key = { projectId: 1, apiKeyId, keyHash, ...shown, tier: "pro", requireSignature: true } as const;
    await createApiKeyStore(pools.lookup).add(key);
    return { apiKeyId, keyHash };
  }
  const lastUsedAt = async (apiKeyId: string) => {
    const keys = await createApiKeyStore(pools.lookup).list(1);
    return keys.find((key) => key.apiKeyId === apiKeyId)?.lastUsedAt?.toISOString();
  };
  const keyIdOf = async (keyHash: string) => (await createKeyStore(pools.lookup).findByHash(keyHash))?.keyId ?? 0;

  it("are found by their hash alone, with everything that ingest needs", async () => {
    const { apiKeyId, keyHash } = await add();
    expect(await createKeyStore(pools.lookup).findByHash(keyHash)).toEqual({
      projectId: 1,
      keyId: expect.any(Number),
      apiKeyId,
      status: "active",
      tier: "pro",
      rateLimitPerDay: null,
      requireSignature: true,
      secretVersion: 1,
      lastUsedAtMs: 0,
    });
    expect(await createKeyStore(pools.lookup).findByHash("f".repeat(64))).toBeUndefined();
  });

  it("get numbers that are never given twice, also when they are made at once", async () => {
    const made = await Promise.all(Array.from({ length: 8 }, add));
    const ids = await Promise.all(made.map(({ keyHash }) => keyIdOf(keyHash)));
    expect(new Set(ids).size).toBe(8);
  });

  it("are disabled for ingest once they are revoked", async () => {
    const { apiKeyId, keyHash } = await add();
    const store = createApiKeyStore(pools.lookup);
    expect(await store.revoke(1, apiKeyId, new Date(NOW_MS))).toBe(true);
    expect(await store.revoke(1, apiKeyId, new Date(NOW_MS))).toBe(false);
    expect(await store.revoke(2, apiKeyId, new Date(NOW_MS))).toBe(false);
    expect((await createKeyStore(pools.lookup).findByHash(keyHash))?.status).toBe("disabled");
  });

  it("remember the hour of their last use, in bulk and never backwards", async () => {
    const keys = [await add(), await add()];
    const lastUsed = new LastUsed(pools.lookup);
    for (const { keyHash } of keys) {
      const keyId = await keyIdOf(keyHash);
      lastUsed.touch({ projectId: 1, keyId }, NOW_MS);
      lastUsed.touch({ projectId: 1, keyId }, NOW_MS - 2 * HOUR_MS);
    }
    await lastUsed.flush();
    for (const { apiKeyId, keyHash } of keys) {
      expect(await lastUsedAt(apiKeyId)).toBe("2026-11-22T12:00:00.000Z");
      const record = await createKeyStore(pools.lookup).findByHash(keyHash);
      expect(record?.lastUsedAtMs).toBe(Date.UTC(2026, 10, 22, 12));
    }

    const [first] = keys as [{ apiKeyId: string; keyHash: string }];
    const behind = new LastUsed(pools.lookup);
    behind.touch({ projectId: 1, keyId: await keyIdOf(first.keyHash) }, NOW_MS - HOUR_MS);
    await behind.flush();
    expect(await lastUsedAt(first.apiKeyId)).toBe("2026-11-22T12:00:00.000Z");
  });

  it("are all found when many are looked up at once, in few statements, and each has its own record", async () => {
    const made = await Promise.all(Array.from({ length: 30 }, add));
    let statements = 0;
    const counting = {
      run: (...args: Parameters<typeof pools.lookup.run>) => {
        statements++;
        return pools.lookup.run(...args);
      },
    } as typeof pools.lookup;
    const store = createKeyStore(counting);
    const unknown = Array.from({ length: 970 }, () => `${randomUUID()}${randomUUID()}`.replaceAll("-", ""));
    const hashes = [...unknown.slice(0, 500), ...made.map(({ keyHash }) => keyHash), ...unknown.slice(500)];
    const records = await Promise.all(hashes.map((keyHash) => store.findByHash(keyHash)));
    expect(records.filter((record) => record !== undefined)).toHaveLength(30);
    expect(records.slice(500, 530).map((record) => record?.apiKeyId)).toEqual(made.map(({ apiKeyId }) => apiKeyId));
    expect(statements).toBe(2);
  });

  it("keep a use that could not be written for the next time", async () => {
    const { apiKeyId, keyHash } = await add();
    const keyId = await keyIdOf(keyHash);
    let out = true;
    const flaky = {
      run: (...args: Parameters<typeof pools.lookup.run>) =>
        out ? Promise.reject(new Error("out")) : pools.lookup.run(...args),
    } as typeof pools.lookup;
    const lastUsed = new LastUsed(flaky);
    lastUsed.touch({ projectId: 1, keyId }, NOW_MS);
    await expect(lastUsed.flush()).rejects.toThrow("out");
    out = false;
    await lastUsed.flush();
    expect(await lastUsedAt(apiKeyId)).toBe("2026-11-22T12:00:00.000Z");
  });
});
