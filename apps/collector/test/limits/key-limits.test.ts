import { TIERS, type Tier } from "@org/mcp-analytics-schema";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { BucketStore } from "../../src/limits/bucket-store.ts";
import { createFailoverBucketStore } from "../../src/limits/failover-bucket-store.ts";
import { createInProcessBucketStore } from "../../src/limits/in-process-bucket-store.ts";
import { type KeyLimits, keyLimits } from "../../src/limits/key-limits.ts";
import { DAY_MS } from "../../src/limits/token-bucket.ts";
import { SimulatedClock } from "./simulated-clock.ts";

const HOUR_MS = 3_600_000;

/** Charges one request with so many events; whether all of it was allowed. */
async function request(store: BucketStore, limits: KeyLimits, events: number): Promise<boolean> {
  const taken = await store.take(limits.request);
  if (!taken.allowed || events === 1) return taken.allowed;
  const extra = await store.take(limits.events(events - 1));
  if (!extra.allowed) await store.refund(limits.request, taken);
  return extra.allowed;
}

const step = fc.record({
  waitMs: fc.oneof(fc.nat(50), fc.nat(2_000), fc.nat(15_000), fc.nat(2 * HOUR_MS)),
  requests: fc.oneof(fc.nat(5), fc.nat(60), fc.nat(700)),
  events: fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 100 })),
});

test("no hour and no day admits more than the tier gives, whatever the client does", { timeout: 60_000 }, () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(step, { maxLength: 60 }),
      fc.constantFrom<Tier>("free", "pro", "enterprise"),
      fc.constantFrom(null, 30, 3_000),
      async (steps, tier, rateLimitPerDay) => {
        const clock = new SimulatedClock(Date.UTC(2026, 10, 22, 20));
        const store = createInProcessBucketStore({ now: clock.now });
        const limits = keyLimits({ projectId: 1, keyId: 1, tier, rateLimitPerDay });
        const served: number[] = [];
        const perDay = new Map<number, { requests: number; events: number }>();
        for (const { waitMs, requests, events } of steps) {
          clock.advance(waitMs);
          for (let i = 0; i < requests; i++) {
            if (!(await request(store, limits, events))) continue;
            served.push(clock.now());
            const day = Math.floor(clock.now() / DAY_MS);
            const sum = perDay.get(day) ?? { requests: 0, events: 0 };
            perDay.set(day, { requests: sum.requests + 1, events: sum.events + events });
          }
        }
        let from = 0;
        served.forEach((atMs, to) => {
          while (atMs - (served[from] as number) > HOUR_MS) from++;
          expect(to - from + 1).toBeLessThanOrEqual(TIERS[tier].requestsPerHour);
        });
        for (const { requests, events } of perDay.values()) {
          expect(requests).toBeLessThanOrEqual(rateLimitPerDay ?? TIERS[tier].requestsPerDay);
          expect(events).toBeLessThanOrEqual(TIERS[tier].eventsPerDay);
        }
      },
    ),
    { numRuns: 60 },
  ),
);

test.each<Tier>(["free", "pro", "enterprise"])("a key of tier %s is charged to the token", async (tier) => {
  const store = createInProcessBucketStore({ now: new SimulatedClock().now });
  const limits = keyLimits({ projectId: 1, keyId: 1, tier, rateLimitPerDay: null });
  const { burstRequests } = TIERS[tier];
  for (let i = 1; i <= burstRequests; i++) {
    expect(await store.take(limits.request)).toMatchObject({ allowed: true, remaining: burstRequests - i });
  }
  expect((await store.take(limits.request)).allowed).toBe(false);
});

test("a refund goes to the store that the tokens were taken from, while the shared one fails and returns", async () => {
  const clock = new SimulatedClock();
  let isOut = false;
  /** Counts what it holds of requests and events. */
  const counting = (canFail: boolean) => {
    const store = createInProcessBucketStore({ now: clock.now });
    const lowest = { requests: 0, events: 0 };
    const held = { requests: 0, events: 0 };
    const add = (windows: readonly { cost: number }[], sign: number) => {
      held.requests += sign * (windows[0]?.cost ?? 0);
      held.events += sign * (windows[1]?.cost ?? 0);
      lowest.requests = Math.min(lowest.requests, held.requests);
      lowest.events = Math.min(lowest.events, held.events);
    };
    const counted: BucketStore = {
      ...store,
      async take(charge) {
        if (canFail && isOut) throw new Error("out");
        const taken = await store.take(charge);
        if (taken.allowed) add(charge.terms.windows, 1);
        return taken;
      },
      async refund(charge, grant) {
        add(charge.terms.windows, -1);
        return store.refund(charge, grant);
      },
    };
    return { counted, lowest };
  };
  const shared = counting(true);
  const local = counting(false);
  const store = createFailoverBucketStore(shared.counted, local.counted);
  const limits = keyLimits({ projectId: 1, keyId: 1, tier: "enterprise", rateLimitPerDay: null });
  for (let i = 0; i < 4_000; i++) {
    isOut = i % 40 < 20;
    clock.advance(50);
    const taken = await store.take(limits.request);
    if (!taken.allowed) continue;
    const count = 1 + ((i * 37) % 99);
    const events = await store.take(limits.events(count));
    if (events.allowed && i % 3 !== 0) await store.refund(limits.events(count), events);
    if (i % 3 !== 0) await store.refund(limits.request, taken);
  }
  expect({ shared: shared.lowest, local: local.lowest }).toEqual({
    shared: { requests: 0, events: 0 },
    local: { requests: 0, events: 0 },
  });
});
