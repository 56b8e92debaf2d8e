import { expect, test } from "vitest";
import type { BucketStore } from "../../src/limits/bucket-store.ts";
import { createInProcessBucketStore } from "../../src/limits/in-process-bucket-store.ts";
import { createLeases } from "../../src/limits/leases.ts";
import { SimulatedClock } from "./simulated-clock.ts";

/** Leases on a bucket of so many tokens that fills in an hour, and how often the store behind them is asked. */
function open(capacity: number) {
  const clock = new SimulatedClock();
  const store = createInProcessBucketStore({ now: clock.now });
  let asked = 0;
  const counting: BucketStore = {
    ...store,
    take(charge) {
      asked++;
      return store.take(charge);
    },
  };
  const policy = { name: "address", capacity, refillPerMs: capacity / 3_600_000 };
  const leases = createLeases(counting, "i:", policy, clock.now);
  const allowed = async (count: number) => {
    let total = 0;
    for (let i = 0; i < count; i++) if (leases.takeHeld("0") || (await leases.take("0")).allowed) total++;
    return total;
  };
  return { clock, leases, allowed, asked: () => asked };
}

test("a small limit is asked for and exact with every request", async () => {
  const { allowed, asked } = open(100);
  expect(await allowed(150)).toBe(100);
  expect(asked()).toBe(150);
});

test("a large limit is asked for in bulk, and still given out to the last token", async () => {
  const { allowed, asked } = open(10_005);
  expect(await allowed(10_000)).toBe(10_000);
  expect(asked()).toBe(1_000);
  expect(await allowed(20)).toBe(5);
});

test("a lease that was not used in time is lost, never given out on top", async () => {
  const { clock, allowed } = open(10_000);
  await allowed(9_995);
  clock.advance(10_000);
  // 5 tokens of the lease are gone; 10 s have brought 27.
  expect(await allowed(100)).toBeLessThanOrEqual(27);
});

test("many who ask at once, before any lease is there, lose nothing of what they took", async () => {
  const { leases } = open(20_000);
  let total = 0;
  for (let round = 0; round < 300; round++) {
    const taken = await Promise.all(
      Array.from({ length: 100 }, async () => leases.takeHeld("0") || (await leases.take("0")).allowed),
    );
    total += taken.filter(Boolean).length;
  }
  expect(total).toBe(20_000);
});
