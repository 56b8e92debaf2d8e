import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Grant } from "../../src/limits/bucket-store.ts";
import { freshKey, type OpenStore } from "./bucket-store-contract.ts";
import { SimulatedClock } from "./simulated-clock.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
const HOURLY = 100;
const DAILY = 1_000;
const EVENTS_DAILY = 10_000;

/** What a client may do next: wait, then send so many requests with so many events each; some are given back. */
const step = fc.record({
  waitMs: fc.oneof(fc.nat(5_000), fc.nat(60_000), fc.nat(2 * HOUR_MS), fc.constant(40_000)),
  requests: fc.oneof(fc.nat(3), fc.nat(40)),
  eventsEach: fc.integer({ min: 1, max: 100 }),
  givesBack: fc.boolean(),
});

interface Served {
  readonly atMs: number;
  readonly events: number;
}

/** Plays a client that asks whenever it likes, and returns what it was served. */
async function play(open: OpenStore, steps: readonly (typeof step extends fc.Arbitrary<infer Step> ? Step : never)[]) {
  const clock = new SimulatedClock(Date.UTC(2026, 10, 22, 20));
  const store = await open(clock.now);
  const key = freshKey();
  const served: Served[] = [];
  for (const { waitMs, requests, eventsEach, givesBack } of steps) {
    clock.advance(waitMs);
    for (let i = 0; i < requests; i++) {
      const taken = await store.take(key.request);
      if (!taken.allowed) break;
      const more = key.events(eventsEach - 1);
      const extra = eventsEach === 1 ? taken : await store.take(more);
      if (!extra.allowed || (givesBack && i % 3 === 0)) {
        if (extra.allowed && eventsEach > 1) await store.refund(more, extra as Grant);
        await store.refund(key.request, taken);
      } else served.push({ atMs: clock.now(), events: eventsEach });
    }
  }
  await store.close();
  return served;
}

function mostInAnyHour(served: readonly Served[]): number {
  let most = 0;
  let from = 0;
  served.forEach(({ atMs }, to) => {
    while (atMs - (served[from] as Served).atMs > HOUR_MS) from++;
    most = Math.max(most, to - from + 1);
  });
  return most;
}

function perDay(served: readonly Served[], weigh: (one: Served) => number): number[] {
  const days = new Map<number, number>();
  for (const one of served) {
    const day = Math.floor(one.atMs / DAY_MS);
    days.set(day, (days.get(day) ?? 0) + weigh(one));
  }
  return [...days.values()];
}

/** Whatever a client of the free tier does, it gets no more than the tier gives. */
export function bucketStoreProperties(name: string, open: OpenStore, runs: number): void {
  describe(`limits of the free tier hold for any client: ${name}`, () => {
    test(
      "never over 100 requests in a rolling hour, 1,000 requests or 10,000 events in a UTC day",
      { timeout: 60_000 },
      () =>
        fc.assert(
          fc.asyncProperty(fc.array(step, { maxLength: 120 }), async (steps) => {
            const served = await play(open, steps);
            expect(mostInAnyHour(served)).toBeLessThanOrEqual(HOURLY);
            for (const requests of perDay(served, () => 1)) expect(requests).toBeLessThanOrEqual(DAILY);
            for (const events of perDay(served, ({ events }) => events))
              expect(events).toBeLessThanOrEqual(EVENTS_DAILY);
          }),
          { numRuns: runs },
        ),
    );

    test("a client that asks as soon as it is told to reaches the limits, so they are not too tight either", async () => {
      const clock = new SimulatedClock(Date.UTC(2026, 10, 22));
      const store = await open(clock.now);
      const { request } = freshKey();
      const served: Served[] = [];
      while (clock.now() < Date.UTC(2026, 10, 23)) {
        const taken = await store.take(request);
        if (taken.allowed) served.push({ atMs: clock.now(), events: 1 });
        else clock.advance(taken.retryAfterMs);
      }
      await store.close();
      expect(mostInAnyHour(served)).toBe(HOURLY);
      expect(served.length).toBe(DAILY);
    });
  });
}
