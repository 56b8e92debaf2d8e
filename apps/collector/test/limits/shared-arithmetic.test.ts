import fc from "fast-check";

import { afterAll, beforeAll, expect, test } from "vitest";
import type { BucketStore, Grant } from "../../src/limits/bucket-store.ts";
import { createCircuitBreaker } from "../../src/limits/circuit-breaker.ts";
import { createInProcessBucketStore } from "../../src/limits/in-process-bucket-store.ts";
import { keyLimits } from "../../src/limits/key-limits.ts";
import { createRedisBucketStore } from "../../src/limits/redis-bucket-store.ts";
import { createPostgresStores, type PostgresStores } from "./postgres-stores.ts";
import { connectRedis } from "./redis-client.ts";
import { SimulatedClock } from "./simulated-clock.ts";

const HOUR_MS = 3_600_000;

const operation = fc.record({
  waitMs: fc.oneof(fc.nat(100), fc.nat(50_000), fc.nat(20 * HOUR_MS), fc.integer({ min: -3 * HOUR_MS, max: 0 })),
  tier: fc.constantFrom("free" as const, "pro" as const),
  rateLimitPerDay: fc.constantFrom(null, 0, 12),
  events: fc.integer({ min: 0, max: 6_000 }),
  does: fc.constantFrom("take", "take", "take", "charge events", "give back"),
});

let runs = 0;

let postgres: PostgresStores;
beforeAll(async () => {
  postgres = await createPostgresStores();
});
afterAll(() => postgres.drop());

const openRedis = (now: () => number): BucketStore =>
  createRedisBucketStore({ client: connectRedis(), breaker: createCircuitBreaker({ now }), timeoutMs: 30_000, now });
const openPostgres = (now: () => number): BucketStore => postgres.open(now);

test.each([
  ["the script in Redis", openRedis],
  ["the function in PostgreSQL", openPostgres],
])("%s does the arithmetic of the process, to the millisecond", { timeout: 60_000 }, async (_name, openStore) => {
  const clock = new SimulatedClock();
  const store = openStore(clock.now);
  const local = createInProcessBucketStore({ now: clock.now });
  const onBoth = <Result>(act: (store: BucketStore) => Promise<Result>) => Promise.all([act(store), act(local)]);

  await fc.assert(
    fc.asyncProperty(fc.array(operation, { maxLength: 60 }), async (operations) => {
      const identity = { projectId: 9_000_000 + Math.floor(Math.random() * 1e9), keyId: ++runs };
      let last: [Grant, Grant] | undefined;
      for (const { waitMs, tier, rateLimitPerDay, events, does } of operations) {
        clock.advance(waitMs);
        const key = keyLimits({ ...identity, tier, rateLimitPerDay });
        if (does === "give back") {
          if (last === undefined) continue;
          const [shared, own] = last;
          await Promise.all([store.refund(key.request, shared), local.refund(key.request, own)]);
          last = undefined;
          continue;
        }
        const charge = does === "take" ? key.request : key.events(events);
        const [shared, own] = await onBoth((store) => store.take(charge));
        expect(shared).toEqual(own);
        if (shared.allowed && own.allowed) last = [shared, own];
      }
    }),
    { numRuns: 100 },
  );
  await Promise.all([store.close(), local.close()]);
});
