import { expect, test } from "vitest";
import type { BucketStore, Charge } from "../../src/limits/bucket-store.ts";
import { createInProcessBucketStore } from "../../src/limits/in-process-bucket-store.ts";
import { createLeases, LEASE_MS, type LeasedAccount, MIN_LEASED_USE, USE_PERIOD_MS } from "../../src/limits/leases.ts";
import { DAY_MS } from "../../src/limits/token-bucket.ts";
import { SimulatedClock } from "./simulated-clock.ts";

/** Leases on a bucket of so many tokens that fills in an hour, and how often the store behind them is asked. */
function open(capacity: number, { maxAhead = 50, minUse = MIN_LEASED_USE, isPerDay = false } = {}) {
  const clock = new SimulatedClock();
  const store = createInProcessBucketStore({ now: clock.now });
  const asked: Charge[] = [];
  let charged = 0;
  const counting: BucketStore = {
    ...store,
    async take(charge) {
      asked.push(charge);
      const taken = await store.take(charge);
      if (taken.allowed) charged += charge.cost;
      return taken;
    },
    giveBack(charge, grant) {
      charged -= charge.cost;
      return store.giveBack(charge, grant);
    },
  };
  const policy = { name: "address", capacity, refillPerMs: capacity / 3_600_000 };
  const account: LeasedAccount = {
    partition: "0",
    maxAhead,
    minUse,
    isPerDay,
    charge: (cost) => ({
      partition: "i:0",
      ...(isPerDay
        ? { buckets: [], windows: [{ name: "events", limit: capacity, cost }] }
        : { buckets: [policy], windows: [] }),
      cost,
    }),
  };
  const leases = createLeases(counting, clock.now);
  const takeHeld = (tokens = 1) => leases.takeHeld(account, tokens, clock.now());
  const take = async (tokens = 1) => takeHeld(tokens) ?? leases.take(account, tokens);
  const allowed = async (count: number) => {
    let total = 0;
    for (let i = 0; i < count; i++) if ((await take()).allowed) total++;
    return total;
  };
  /** Goes on asking for longer than a period, so that leases begin. */
  const grow = async () => {
    let total = await allowed(200);
    clock.advance(USE_PERIOD_MS);
    total += await allowed(40);
    return total;
  };
  const left = async () => {
    const taken = await store.take(account.charge(0));
    return taken.allowed ? taken.remaining : 0;
  };
  return { clock, leases, account, take, takeHeld, allowed, grow, left, asked, charged: () => charged };
}

test("a small limit is asked for and exact with every request", async () => {
  const { allowed, asked } = open(100, { maxAhead: 0 });
  expect(await allowed(150)).toBe(100);
  expect(asked).toHaveLength(150);
});

test("who asks now and then, or often but not for long, is charged exactly", async () => {
  const { allowed, clock, left } = open(10_000);
  for (let round = 0; round < 20; round++) {
    expect(await allowed(MIN_LEASED_USE - 1)).toBe(MIN_LEASED_USE - 1);
    clock.advance(USE_PERIOD_MS);
  }
  clock.advance(60 * 60_000);
  await allowed(1_000);
  expect(await left()).toBe(10_000 - 1_000);
});

test("who goes on asking is asked for in bulk, and a limit is still given out to the last token", async () => {
  const { allowed, grow, asked, left } = open(10_000);
  await grow();
  const before = asked.length;
  expect(await allowed(9_000)).toBe(9_000);
  expect(asked.length - before).toBeLessThan(9_000 / 40);
  await allowed(2_000);
  expect(await left()).toBe(0);
});

test("a lease is fetched before the one before it is used up: nobody waits for it", async () => {
  const { allowed, grow, takeHeld, asked } = open(100_000);
  await grow();
  await allowed(200);
  const before = asked.length;
  for (let i = 0; i < 5_000; i++) {
    expect(takeHeld()).toBeDefined();
    await Promise.resolve();
    await Promise.resolve();
    await Promise.resolve();
  }
  expect(asked.length - before).toBeLessThan(5_000 / 40);
});

test("a lease that was not used in time is lost, never given out on top", async () => {
  const { clock, allowed, grow, left } = open(10_000);
  const used = (await grow()) + (await allowed(1_000));
  const rest = await left();
  expect(rest).toBeLessThan(10_000 - used);
  clock.advance(LEASE_MS);
  // 15 s have brought 41 tokens and a part of one more.
  expect(await allowed(20_000)).toBeLessThanOrEqual(rest + 42);
});

test("what is lost is at most what two leases hold", async () => {
  const { clock, allowed, grow, left } = open(10_000);
  const used = (await grow()) + (await allowed(1_000));
  expect(10_000 - (await left()) - used).toBeLessThanOrEqual(2 * 50);
  clock.advance(60 * 60_000);
  expect(await allowed(20_000)).toBe(10_000);
});

test("a lease ends with the day that it was charged to", async () => {
  const { clock, allowed, grow, takeHeld } = open(10_000);
  clock.set(Date.UTC(2026, 10, 22) + DAY_MS - 1_000 - USE_PERIOD_MS);
  await grow();
  await allowed(500);
  clock.advance(999);
  expect(takeHeld()).toBeDefined();
  clock.advance(1);
  expect(takeHeld()).toBeUndefined();
});

test("many who ask at once get every token there is, whoever of them fetches the lease", async () => {
  const { take, grow } = open(20_000);
  // 5 s have brought 27 tokens.
  let total = (await grow()) - 27;
  for (let round = 0; round < 300; round++) {
    const taken = await Promise.all(Array.from({ length: 100 }, () => take()));
    total += taken.filter((one) => one.allowed).length;
  }
  expect(total).toBe(20_000);
});

/**
 * Asks so often a second for ten minutes; returns what was charged beyond what was used, as a part of the latter.
 *
 * @param gap factor of each pause
 */
async function waste(
  perSecond: number,
  tokens: (index: number) => number,
  options: Parameters<typeof open>[1],
  gap = () => 1,
) {
  const { take, clock, charged } = open(100_000_000, options);
  let used = 0;
  for (let i = 0; i < 600 * perSecond; i++) {
    expect((await take(tokens(i))).allowed).toBe(true);
    used += tokens(i);
    clock.advance((gap() * 1_000) / perSecond);
  }
  return (charged() - used) / used;
}

test.each([0.82, 1, 1.3, 1.7, 2, 3, 5, 8, 12, 40, 200])(
  "at a steady %d a second nothing is charged that is not used but the last leases",
  async (perSecond) => {
    expect(await waste(perSecond, () => 1, {})).toBeLessThan(0.02);
  },
);

test.each([0.5, 1, 2, 4, 8])("nor is much at %d a second that come as chance has it", async (perSecond) => {
  // Pauses of a Poisson process, from a fixed seed.
  let seed = 42;
  const gap = () => {
    seed = (seed * 48_271) % 2_147_483_647;
    return -Math.log(seed / 2_147_483_647);
  };
  expect(await waste(perSecond, () => 1, {}, gap)).toBeLessThan(0.03);
});

test.each([0.5, 2, 4, 8, 40])(
  "of a day's events, at %d batches a second of any size, nothing but the last leases is charged without use",
  async (perSecond) => {
    const options = { isPerDay: true, maxAhead: 2_500, minUse: MIN_LEASED_USE * 99 };
    expect(await waste(perSecond, (index) => 1 + ((index * 37) % 99), options)).toBeLessThan(0.02);
  },
);

test("a clock that is set back ends a lease", async () => {
  const { clock, grow, allowed, takeHeld } = open(10_000);
  await grow();
  await allowed(500);
  expect(takeHeld()).toBeDefined();
  clock.advance(-30 * 60_000);
  expect(takeHeld()).toBeUndefined();
  clock.advance(10 * 60_000);
  expect(takeHeld()).toBeUndefined();
});

test("a store that fails while a lease is fetched ahead is noticed by whoever needs the tokens", async () => {
  const { clock, account } = open(10_000);
  const store = createInProcessBucketStore({ now: clock.now });
  let failing = false;
  const leases = createLeases(
    { ...store, take: (charge) => (failing ? Promise.reject(new Error("out")) : store.take(charge)) },
    clock.now,
  );
  const take = async () => leases.takeHeld(account, 1, clock.now()) ?? leases.take(account, 1);
  for (let i = 0; i < 500; i++) {
    await take();
    clock.advance(20);
  }
  failing = true;
  let served = 0;
  await expect(
    (async () => {
      for (; served < 1_000; served++) await take();
    })(),
  ).rejects.toThrow("out");
  expect(served).toBeLessThanOrEqual(2 * 50);
  failing = false;
  expect((await take()).allowed).toBe(true);
});
