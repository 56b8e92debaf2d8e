import { setTimeout } from "node:timers/promises";
import { type FaultProxy, startFaultProxy } from "@org/services";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { StorageUnavailableError } from "../../src/storage/errors.ts";
import { createPartitions } from "../../src/storage/partitions.ts";
import { Pool } from "../../src/storage/pool.ts";
import { openPools, type Pools } from "../../src/storage/pools.ts";
import { openStorage, type Storage } from "../../src/storage/storage.ts";
import { countEvents, delivery } from "./deliveries.ts";

import { openPostgres, type TestDatabase } from "./targets.ts";

describe("an outage of the database", () => {
  let database: TestDatabase;
  let proxy: FaultProxy;
  let storage: Storage;
  /** Past the proxy. */
  let direct: Pools;
  let keyId = 0;

  beforeAll(async () => {
    database = await openPostgres();
    proxy = await startFaultProxy((database.address as { url: string }).url);
    direct = openPools(database.address);
    await createPartitions(direct.upkeep).ensure(Date.now());
    storage = openStorage(
      { url: proxy.url },
      { rawRetentionDays: 30, now: Date.now, onError: () => {}, onQuarantined: () => {} },
    );
  });
  afterAll(async () => {
    await storage?.close(1_000);
    await proxy?.close();
    await direct?.close(1_000);
    await database?.drop();
  });

  const write = () => storage.writer.write(delivery(1, { keyId }));
  /** Tries until it works, as clients do. */
  async function eventually(work: () => Promise<unknown>): Promise<void> {
    for (;;) {
      try {
        await work();
        return;
      } catch (error) {
        expect(error).toBeInstanceOf(StorageUnavailableError);
        await setTimeout(20);
      }
    }
  }

  it("answers unavailable while connections are refused, and stores again when they are not", async () => {
    keyId = 1;
    await write();
    await proxy.cut();
    for (let attempt = 0; attempt < 5; attempt += 1) {
      await expect(write()).rejects.toBeInstanceOf(StorageUnavailableError);
      await expect(storage.keyStore.findByHash("0".repeat(64))).rejects.toBeInstanceOf(StorageUnavailableError);
      await expect(storage.storageHealth.probe()).rejects.toBeInstanceOf(StorageUnavailableError);
    }
    expect(storage.writer.depth).toBe(0);
    await proxy.restore();
    const restoredAtMs = performance.now();
    await Promise.all([eventually(write), eventually(() => storage.storageHealth.probe())]);
    expect(performance.now() - restoredAtMs).toBeLessThan(1_000);
    expect(await storage.keyStore.findByHash("0".repeat(64))).toBeUndefined();
    expect(await countEvents(direct.read, keyId)).toBe(2);
  });

  it("gives a server up that hangs, and uses fresh connections afterwards", async () => {
    keyId = 2;
    proxy.hang();
    const results = await Promise.allSettled([write(), write(), storage.storageHealth.probe()]);
    for (const result of results) {
      expect(result.status === "rejected" && result.reason).toBeInstanceOf(StorageUnavailableError);
    }
    await proxy.restore();
    await eventually(write);
    expect(await countEvents(direct.read, keyId)).toBe(1);
  });

  it("gives up what waits behind a flush that hangs when it gives up the flush", async () => {
    keyId = 5;
    await write();
    proxy.hang();
    const large = () => storage.writer.write(delivery(100, { keyId }));
    const startMs = performance.now();
    const results = await Promise.allSettled(Array.from({ length: 60 }, large));
    for (const result of results) {
      expect(result.status === "rejected" && result.reason).toBeInstanceOf(StorageUnavailableError);
    }
    // Three groups, and one deadline of 3 s for all of them.
    expect(performance.now() - startMs).toBeLessThan(5_000);
    expect(storage.writer.depth).toBe(0);
    await proxy.restore();
    await eventually(write);
    expect(await countEvents(direct.read, keyId)).toBe(2);
  });

  it("stores a delivery once whose commit was not heard of, and calls its repeat a duplicate", async () => {
    keyId = 3;
    const one = delivery(3, { keyId });
    // What PostgreSQL says when the statement has run and its transaction has committed.
    proxy.cutBeforeAnswer("SELECT 1\0");
    await expect(storage.writer.write(one)).rejects.toBeInstanceOf(StorageUnavailableError);
    await proxy.restore();
    let result: unknown;
    await eventually(async () => {
      result = await storage.writer.write(one);
    });
    expect(result).toEqual({ duplicate: true, accepted: 3 });
    expect(await countEvents(direct.read, keyId)).toBe(3);
  });

  it("is not taken for one when this process itself was held up: that time counts against no deadline", async () => {
    const limits = { statementTimeoutMs: 5_000, lockTimeoutMs: 500, deadlineMs: 1_000 };
    const pool = new Pool(database.address, { name: "held up", maxConnections: 1, ...limits });
    const answer = pool.run(({ sql }) => sql`SELECT 1 AS one`);
    for (const endMs = performance.now() + 1_500; performance.now() < endMs; );
    await expect(answer).resolves.toMatchObject([{ one: 1 }]);
    await expect(pool.run(({ sql }) => sql`SELECT pg_sleep(4)`)).rejects.toMatchObject({ code: "DEADLINE" });
    await pool.close();
  });

  it("gives way to a lock within half a second instead of waiting for it", async () => {
    keyId = 4;
    let release = () => {};
    let locked: Promise<unknown> = Promise.resolve();
    await new Promise<void>((held) => {
      locked = direct.upkeep.run(({ sql }) =>
        sql.begin(async (transaction) => {
          await transaction.unsafe("LOCK TABLE events_raw IN ACCESS EXCLUSIVE MODE");
          held();
          await new Promise<void>((resolve) => {
            release = resolve;
          });
        }),
      );
    });
    await expect(write()).rejects.toMatchObject({ name: "StorageUnavailableError", code: "55P03" });
    release();
    await locked;
    await write();
    expect(await countEvents(direct.read, keyId)).toBe(1);
  });
});
