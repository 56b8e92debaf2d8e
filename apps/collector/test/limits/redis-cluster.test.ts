import { freePort } from "@org/services";
import { expect, onTestFinished, test } from "vitest";
import { createBucketStore } from "../../src/limits/create-bucket-store.ts";
import { freshKey } from "./bucket-store-contract.ts";
import { PrivateRedis } from "./private-redis.ts";

const SLOTS = 16_384;
const MASTERS = 3;
const KEYS = 1_000;
const MOVED_SLOTS = 40;
const SETTLES = { timeout: 20_000, interval: 100 };
/** A client of a cluster signs in to every master with the same password. */
const PASSWORD = "of-this-test-only";
/** Local buckets may decide for a few seconds while slots move. */
const RECOVERY = { timeout: 5_000, interval: 100 };

interface Master {
  readonly redis: PrivateRedis;
  readonly id: string;
  readonly port: string;
  readonly bus: number;
}

async function startMaster(index: number): Promise<Master> {
  const bus = await freePort();
  const settings = ["cluster-enabled yes", `cluster-port ${bus}`, "cluster-announce-ip 127.0.0.1"];
  const redis = await PrivateRedis.start(settings);
  onTestFinished(() => redis.stop());
  const { port } = new URL(redis.url);
  await redis.admin.config("SET", "requirepass", PASSWORD);
  const from = Math.floor((index * SLOTS) / MASTERS);
  const to = Math.floor(((index + 1) * SLOTS) / MASTERS) - 1;
  await redis.admin.call("CLUSTER", "ADDSLOTSRANGE", from, to);
  // Masters may not start with the same epoch.
  await redis.admin.call("CLUSTER", "SET-CONFIG-EPOCH", index + 1);
  return { redis, id: String(await redis.admin.call("CLUSTER", "MYID")), port, bus };
}

async function startCluster(): Promise<Master[]> {
  const masters: Master[] = [];
  for (let index = 0; index < MASTERS; index += 1) masters.push(await startMaster(index));
  const [first] = masters as [Master];
  for (const { redis } of masters.slice(1)) {
    await redis.admin.call("CLUSTER", "MEET", "127.0.0.1", first.port, first.bus);
  }
  for (const { redis } of masters) {
    await expect
      .poll(() => redis.admin.call("CLUSTER", "INFO"), SETTLES)
      .toMatch(/cluster_state:ok[\s\S]*cluster_known_nodes:3/);
  }
  return masters;
}

/** Moves one slot with its keys, as `redis-cli --cluster reshard` does. */
async function moveSlot(slot: number, from: Master, to: Master, all: readonly Master[]): Promise<void> {
  await to.redis.admin.call("CLUSTER", "SETSLOT", slot, "IMPORTING", from.id);
  await from.redis.admin.call("CLUSTER", "SETSLOT", slot, "MIGRATING", to.id);
  const keys = (await from.redis.admin.call("CLUSTER", "GETKEYSINSLOT", slot, 1_000)) as string[];
  const target = ["127.0.0.1", to.port, "", 0, 5_000, "AUTH", PASSWORD, "KEYS"] as const;
  if (keys.length > 0) await from.redis.admin.call("MIGRATE", ...target, ...keys);
  for (const { redis } of [to, from, ...all]) await redis.admin.call("CLUSTER", "SETSLOT", slot, "NODE", to.id);
}

test("1,000 keys on three masters are all decided while slots move, and shared again within seconds", async () => {
  const masters = await startCluster();
  const [from, to] = masters as [Master, Master];
  const outages: boolean[] = [];
  const redisUrl = `redis://default:${PASSWORD}@127.0.0.1:${from.port}/?cluster=true`;
  const store = createBucketStore({ redisUrl, now: Date.now, onOutage: (out) => outages.push(out) });
  onTestFinished(() => store.close());
  const inRedis = async () => {
    const sizes = await Promise.all(masters.map(({ redis }) => redis.admin.dbsize()));
    return sizes.reduce((sum, size) => sum + size, 0);
  };
  const take = async () => (await store.take(freshKey().request)).allowed;
  await expect.poll(async () => (await take()) && inRedis(), SETTLES).toBeGreaterThan(0);

  const keys = Array.from({ length: KEYS }, () => freshKey().request);
  let isMoving = true;
  const moving = (async () => {
    for (let slot = 0; slot < MOVED_SLOTS; slot += 1) await moveSlot(slot, from, to, masters);
  })().finally(() => {
    isMoving = false;
  });
  let decided = 0;
  for (let next = 0; next < KEYS || isMoving; next += 20) {
    const some = keys.slice(next % KEYS, (next % KEYS) + 20);
    // A rejection would be a 5xx.
    decided += (await Promise.all(some.map((request) => store.take(request)))).length;
  }
  await moving;
  expect(decided).toBeGreaterThanOrEqual(KEYS);

  // Local buckets may have decided meanwhile; afterwards each of many fresh keys is counted in Redis, on every master.
  const allShared = async () => {
    const before = await inRedis();
    const fresh = Array.from({ length: 100 }, () => take());
    expect(await Promise.all(fresh)).not.toContain(false);
    return (await inRedis()) - before;
  };
  await expect.poll(allShared, RECOVERY).toBe(100);
  expect(outages.at(-1) ?? false).toBe(false);
  expect(await from.redis.admin.call("CLUSTER", "COUNTKEYSINSLOT", 0)).toBe(0);
}, 90_000);
