import { freePort } from "@org/services";
import { Redis } from "ioredis";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import type { BucketStore } from "../../src/limits/bucket-store.ts";
import { createCircuitBreaker } from "../../src/limits/circuit-breaker.ts";
import { createBucketStore } from "../../src/limits/create-bucket-store.ts";
import { createRedisBucketStore } from "../../src/limits/redis-bucket-store.ts";
import { freshKey } from "./bucket-store-contract.ts";
import { PrivateRedis } from "./private-redis.ts";

const open = (url: string): BucketStore =>
  createRedisBucketStore({
    client: new Redis(url),
    breaker: createCircuitBreaker({ now: Date.now }),
    timeoutMs: 30_000,
  });

describe("buckets in Redis", () => {
  let redis: PrivateRedis;
  let store: BucketStore;
  beforeAll(async () => {
    redis = await PrivateRedis.start();
    store = open(redis.url);
    await store.take(freshKey().request);
  });
  afterAll(async () => {
    await store.close();
    await redis.stop();
  });

  test("all that is asked for in one turn of the event loop goes out in one call", async () => {
    const before = await redis.scriptCalls();
    await Promise.all(Array.from({ length: 150 }, () => store.take(freshKey().request)));
    expect((await redis.scriptCalls()) - before).toBe(1);
  });

  test("a call carries at most 200 operations", async () => {
    const before = await redis.scriptCalls();
    await Promise.all(Array.from({ length: 401 }, () => store.take(freshKey().request)));
    expect((await redis.scriptCalls()) - before).toBe(3);
  });

  test("two replicas share what a key may take", async () => {
    const other = open(redis.url);
    const { request } = freshKey();
    const both = Array.from({ length: 400 }, (_unused, i) => (i % 2 === 0 ? store : other).take(request));
    const taken = await Promise.all(both);
    expect(taken.filter(({ allowed }) => allowed)).toHaveLength(10);
    await other.close();
  });

  test("every key has a name with one partition in braces, and ends by itself", async () => {
    await store.take(freshKey().request);
    const keys = await redis.admin.keys("*");
    expect(keys.length).toBeGreaterThan(0);
    for (const key of keys) {
      expect(key).toMatch(/^collector:tokens:\{[a-z]:[0-9a-f.]+\}$/);
      const leftMs = await redis.admin.pttl(key);
      expect(leftMs).toBeGreaterThan(0);
      expect(leftMs).toBeLessThanOrEqual(86_400_000 + 60_000);
    }
  });

  test("a refused take leaves the bytes in Redis as they were", async () => {
    const { request } = freshKey();
    for (let i = 0; i < 10; i++) await store.take(request);
    const key = `collector:tokens:{${request.partition}}`;
    const before = await redis.admin.get(key);
    expect((await store.take(request)).allowed).toBe(false);
    expect(await redis.admin.get(key)).toBe(before);
  });

  test("scripts that Redis forgot are sent again, and nothing else is lost", async () => {
    const { request } = freshKey();
    await store.take(request);
    await redis.admin.script("FLUSH");
    expect(await store.take(request)).toMatchObject({ allowed: true, remaining: 8 });
  });

  test("when Redis forgets everything, buckets are full once more and go on from there", async () => {
    const { request } = freshKey();
    for (let i = 0; i < 10; i++) await store.take(request);
    await redis.admin.flushall();
    const taken = await Promise.all(Array.from({ length: 30 }, () => store.take(request)));
    expect(taken.filter(({ allowed }) => allowed)).toHaveLength(10);
  });
});

test("a Redis Cluster is asked for one slot at a time", async () => {
  const redis = await PrivateRedis.start([
    "cluster-enabled yes",
    `cluster-port ${await freePort()}`,
    "cluster-announce-ip 127.0.0.1",
  ]);
  onTestFinished(() => redis.stop());
  await redis.admin.call("CLUSTER", "ADDSLOTSRANGE", "0", "16383");
  await expect.poll(() => redis.admin.call("CLUSTER", "INFO"), { timeout: 20_000 }).toContain("cluster_state:ok");
  const outages: boolean[] = [];
  const store = createBucketStore({
    redisUrl: `${redis.url}/?cluster=true`,
    now: Date.now,
    onOutage: (out) => outages.push(out),
  });
  await expect
    .poll(
      async () => {
        await store.take(freshKey().request);
        return redis.admin.dbsize();
      },
      { timeout: 10_000 },
    )
    .toBeGreaterThan(0);
  const { request } = freshKey();
  const others = Array.from({ length: 50 }, () => store.take(freshKey().request));
  const same = await Promise.all(Array.from({ length: 30 }, () => store.take(request)));
  expect((await Promise.all(others)).every(({ allowed }) => allowed)).toBe(true);
  expect(same.filter(({ allowed }) => allowed)).toHaveLength(10);
  expect(await redis.admin.dbsize()).toBeGreaterThanOrEqual(52);
  expect(outages.at(-1) ?? false).toBe(false);
  await store.close();
}, 60_000);
