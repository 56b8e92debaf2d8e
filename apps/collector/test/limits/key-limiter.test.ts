import { TIERS, type Tier } from "@org/mcp-analytics-schema";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { BucketStore } from "../../src/limits/bucket-store.ts";
import { createFailoverBucketStore } from "../../src/limits/failover-bucket-store.ts";
import { createInProcessBucketStore } from "../../src/limits/in-process-bucket-store.ts";
import { createKeyLimiter, type KeyLimiter } from "../../src/limits/key-limiter.ts";
import { type KeyLimits, keyLimits } from "../../src/limits/key-limits.ts";
import { LEASE_MS } from "../../src/limits/leases.ts";
import { DAY_MS } from "../../src/limits/token-bucket.ts";
import { SimulatedClock } from "./simulated-clock.ts";

const HOUR_MS = 3_600_000;

function openReplicas(count: number, tier: Tier, rateLimitPerDay: number | null = null) {
  const clock = new SimulatedClock(Date.UTC(2026, 10, 22, 20));
  const store = createInProcessBucketStore({ now: clock.now });
  const replicas = Array.from({ length: count }, () => createKeyLimiter(store, clock.now));
  return { clock, store, replicas, limits: keyLimits({ projectId: 1, keyId: 1, tier, rateLimitPerDay }) };
}

async function request(limiter: KeyLimiter, limits: KeyLimits, events: number, nowMs: number): Promise<boolean> {
  const taken = await limiter.takeRequest(limits, nowMs);
  if (!taken.allowed) return false;
  if (events === 1) return true;
  const extra = await limiter.takeEvents(limits, events - 1, nowMs);
  if (!extra.allowed) limiter.giveBack(limits.request, taken);
  return extra.allowed;
}

const step = fc.record({
  waitMs: fc.oneof(fc.nat(50), fc.nat(2_000), fc.nat(15_000), fc.nat(2 * HOUR_MS)),
  requests: fc.oneof(fc.nat(5), fc.nat(60), fc.nat(700)),
  events: fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 100 })),
  replica: fc.nat(2),
});

test(
  "whatever a client does, and however many replicas it asks, no hour and no day sees more than its tier gives",
  {
    timeout: 60_000,
  },
  () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 60 }),
        fc.constantFrom<Tier>("free", "pro", "enterprise"),
        fc.constantFrom(null, 30, 3_000),
        async (steps, tier, rateLimitPerDay) => {
          const { clock, replicas, limits } = openReplicas(3, tier, rateLimitPerDay);
          const served: number[] = [];
          const perDay = new Map<number, { requests: number; events: number }>();
          for (const { waitMs, requests, events, replica } of steps) {
            clock.advance(waitMs);
            for (let i = 0; i < requests; i++) {
              if (!(await request(replicas[replica] as KeyLimiter, limits, events, clock.now()))) continue;
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

test("an hour that begins with leases in hand and a full bucket sees no more than any other", async () => {
  const { clock, replicas, limits } = openReplicas(1, "enterprise");
  const [limiter] = replicas as [KeyLimiter];
  const ask = async (count: number) => {
    let allowed = 0;
    for (let i = 0; i < count; i++) if (await request(limiter, limits, 1, clock.now())) allowed++;
    return allowed;
  };
  const after = (ms: number, next: () => Promise<number>) => {
    clock.advance(ms);
    return next();
  };
  expect((await ask(20)) + (await after(LEASE_MS, () => ask(20)))).toBe(40);
  clock.advance(LEASE_MS - 1);
  let served = 0;
  for (let second = 0; second < 3_600; second++) {
    served += await ask(second === 0 ? 700 : 20);
    clock.advance(1_000);
  }
  expect(served).toBeLessThanOrEqual(TIERS.enterprise.requestsPerHour);
  expect(served).toBeGreaterThan(0.99 * TIERS.enterprise.requestsPerHour);
});

test("a key of the free tier is charged to the token", async () => {
  const { replicas, limits, clock } = openReplicas(2, "free");
  const [first, second] = replicas as [KeyLimiter, KeyLimiter];
  for (let i = 0; i < 10; i++) {
    const taken = await (i % 2 === 0 ? first : second).takeRequest(limits, clock.now());
    expect(taken).toMatchObject({ allowed: true, remaining: 9 - i });
  }
  expect((await first.takeRequest(limits, clock.now())).allowed).toBe(false);
});

test("what is given back can be taken again, also where it came from a lease", async () => {
  const { replicas, limits, clock } = openReplicas(1, "enterprise");
  const [limiter] = replicas as [KeyLimiter];
  let grants = 0;
  for (let round = 0; round < 5_000; round++) {
    const taken = await limiter.takeRequest(limits, clock.now());
    if (!taken.allowed) break;
    limiter.giveBack(limits.request, taken);
    grants++;
    if (round % 10 === 0) clock.advance(10);
  }
  expect(grants).toBe(5_000);
});

test("a busy key asks the store for few of its requests and events", async () => {
  const { clock, store, limits } = openReplicas(0, "enterprise");
  let asked = 0;
  const counting = createKeyLimiter(
    {
      ...store,
      take(charge) {
        asked++;
        return store.take(charge);
      },
    },
    clock.now,
  );
  for (let i = 0; i < 2_000; i++) {
    expect(await request(counting, limits, 100, clock.now())).toBe(true);
    clock.advance(100);
  }
  expect(asked).toBeLessThan(2 * 2_000 * 0.15);
});

test("what is given back goes to the store that it was taken from, also while the shared one comes and goes", async () => {
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
        if (taken.allowed) add(charge.windows, 1);
        return taken;
      },
      async giveBack(charge, grant) {
        add(charge.windows, -1);
        return store.giveBack(charge, grant);
      },
    };
    return { counted, lowest };
  };
  const shared = counting(true);
  const local = counting(false);
  const limiter = createKeyLimiter(createFailoverBucketStore(shared.counted, local.counted), clock.now);
  const limits = keyLimits({ projectId: 1, keyId: 1, tier: "enterprise", rateLimitPerDay: null });
  for (let i = 0; i < 4_000; i++) {
    isOut = i % 40 < 20;
    clock.advance(50);
    const request = await limiter.takeRequest(limits, clock.now());
    if (!request.allowed) continue;
    const count = 1 + ((i * 37) % 99);
    const events = await limiter.takeEvents(limits, count, clock.now());
    if (events.allowed && i % 3 !== 0) limiter.giveBack(limits.events(count), events);
    if (i % 3 !== 0) limiter.giveBack(limits.request, request);
  }
  expect({ shared: shared.lowest, local: local.lowest }).toEqual({
    shared: { requests: 0, events: 0 },
    local: { requests: 0, events: 0 },
  });
});
