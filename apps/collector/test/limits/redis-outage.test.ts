import { afterEach, expect, test } from "vitest";
import type { BucketStore, Grant } from "../../src/limits/bucket-store.ts";
import { createBucketStore } from "../../src/limits/create-bucket-store.ts";
import { freshKey } from "./bucket-store-contract.ts";
import { PrivateRedis } from "./private-redis.ts";

/** The store is back well within this after Redis is. */
const RECOVERY = { timeout: 10_000, interval: 100 };

let redis: PrivateRedis;
let store: BucketStore;
let outages: boolean[];
afterEach(async () => {
  redis.resume();
  await store.close();
  await redis.stop();
});

async function openOn(server: PrivateRedis): Promise<void> {
  redis = server;
  outages = [];
  store = createBucketStore({ redisUrl: server.url, now: Date.now, onOutage: (out) => outages.push(out) });
}

async function takeAll(count: number): Promise<number> {
  const { request } = freshKey();
  const taken = await Promise.all(Array.from({ length: count }, () => store.take(request)));
  return taken.filter(({ allowed }) => allowed).length;
}

const keysInRedis = () => redis.admin.dbsize();

/** Takes now and then until Redis is asked again. A command that hung may be carried out late, so a key alone proves nothing. */
async function untilShared(): Promise<void> {
  await expect.poll(async () => (await takeAll(1)) === 1 && outages.at(-1) !== true, RECOVERY).toBe(true);
  await redis.admin.flushall();
  await expect.poll(async () => (await takeAll(1)) && (await keysInRedis()), RECOVERY).toBeGreaterThan(0);
}

/** Takes until the outage is seen; every request is let through by the local buckets meanwhile. */
async function untilOut(): Promise<void> {
  await expect.poll(async () => (await takeAll(1)) === 1 && outages.at(-1), RECOVERY).toBe(true);
}

test("with Redis down from the start limits hold in the process, and move to Redis once it is up", async () => {
  await openOn(await PrivateRedis.down());
  await untilOut();
  expect(await takeAll(50)).toBe(10);
  await redis.up();
  await untilShared();
  expect(outages).toEqual([true, false]);
}, 30_000);

test("Redis that cannot be reached at the start is reported once, before any request asks for it", async () => {
  await openOn(await PrivateRedis.down());
  await expect.poll(() => outages, RECOVERY).toEqual([true]);
  expect(await takeAll(50)).toBe(10);
  expect(outages).toEqual([true]);
});

test.each([
  ["killed", (server: PrivateRedis) => server.kill(), (server: PrivateRedis) => server.up()],
  ["hanging", async (server: PrivateRedis) => server.pause(), async (server: PrivateRedis) => server.resume()],
  [
    "read-only",
    async ({ admin }: PrivateRedis) => void (await admin.call("REPLICAOF", "127.0.0.1", "1")),
    async ({ admin }: PrivateRedis) => void (await admin.call("REPLICAOF", "NO", "ONE")),
  ],
  [
    "out of memory",
    async ({ admin }: PrivateRedis) => void (await admin.config("SET", "maxmemory", "1")),
    async ({ admin }: PrivateRedis) => void (await admin.config("SET", "maxmemory", "0")),
  ],
])(
  "with Redis %s every request is decided, limits hold in the process, and Redis is used again after",
  async (_how, hurt, heal) => {
    await openOn(await PrivateRedis.start());
    await untilShared();
    await hurt(redis);
    expect(await takeAll(400)).toBe(10);
    await untilOut();
    expect(await takeAll(400)).toBe(10);
    await heal(redis);
    await untilShared();
    expect(outages.at(-1)).toBe(false);
  },
  30_000,
);

test("what was taken in the process during an outage is not given back to Redis", async () => {
  await openOn(await PrivateRedis.start());
  await untilShared();
  const { request } = freshKey();
  await store.take(request);
  await redis.admin.config("SET", "maxmemory", "1");
  const grant = (await store.take(request)) as Grant;
  await redis.admin.config("SET", "maxmemory", "0");
  await store.refund(request, grant);
  expect(await store.take(request)).toMatchObject({ allowed: true, remaining: 8 });
}, 30_000);
