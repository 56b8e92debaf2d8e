import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { secretFingerprint } from "../../src/accounts/secret-fingerprint.ts";
import { MasterSecretError, StorageUnavailableError } from "../../src/storage/errors.ts";
import { openStorage } from "../../src/storage/storage.ts";
import { TARGETS, type TestDatabase } from "./targets.ts";

const secret = () => secretFingerprint(randomBytes(32));

describe.each(TARGETS)("the master secret of $name", ({ open }) => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await open();
  });
  afterAll(() => database?.drop());

  /** Starts storage with these secrets; resolves with why it does not get ready. */
  async function startError(...secretFingerprints: string[]): Promise<unknown> {
    const errors: unknown[] = [];
    const storage = openStorage(database.address, {
      rawRetentionDays: 30,
      now: Date.now,
      onError: (error) => errors.push(error),
      onQuarantined: () => {},
      secretFingerprints,
    });
    const isReady = await storage.start();
    const { startError } = storage;
    expect(isReady).toBe(startError === undefined);
    expect(errors).toEqual(startError === undefined ? [] : [startError]);
    const probe = storage.storageHealth.probe();
    const look = storage.keyStore.findByHash("0".repeat(64));
    if (startError === undefined) {
      await probe;
      expect(await look).toBeUndefined();
    } else {
      await expect(probe).rejects.toBe(startError);
      // 503: a client that was told 401 would drop its events.
      await expect(look).rejects.toThrow(StorageUnavailableError);
    }
    await storage.close(1_000);
    return startError;
  }

  test("is noted at the first start, refused when it is another one, and handed over by a former one", async () => {
    const [first, second, third] = [secret(), secret(), secret()];
    expect(await startError(first)).toBeUndefined();
    expect(await startError(first)).toBeUndefined();
    expect(await startError(second)).toBeInstanceOf(MasterSecretError);
    expect(await startError(second, third)).toBeInstanceOf(MasterSecretError);
    expect(await startError(second, third, first)).toBeUndefined();
    expect(await startError(first)).toBeInstanceOf(MasterSecretError);
    expect(await startError(second)).toBeUndefined();
  });
});

test("a fingerprint tells secrets apart and does not hold them", () => {
  const bytes = randomBytes(32);
  expect(secretFingerprint(bytes)).toMatch(/^[0-9a-f]{32}$/);
  expect(secretFingerprint(bytes)).toBe(secretFingerprint(Buffer.from(bytes)));
  expect(secretFingerprint(bytes)).not.toBe(secretFingerprint(randomBytes(32)));
  expect(bytes.toString("hex")).not.toContain(secretFingerprint(bytes).slice(0, 8));
});
