import { expect, test } from "vitest";
import { createKeyCache } from "../../src/ingest/key-cache.ts";
import type { KeyRecord } from "../../src/storage/key-store.ts";
import { SimulatedClock } from "../limits/simulated-clock.ts";

const record: KeyRecord = {
  projectId: 1,
  keyId: 1,
  apiKeyId: "00000000-0000-4000-8000-000000000001",
  status: "active",
  tier: "free",
  rateLimitPerDay: null,
  requireSignature: false,
  secretVersion: 1,
};

test("a flood of invented keys pushes no real key out, and is not remembered for ever", async () => {
  const clock = new SimulatedClock();
  const cache = createKeyCache({ findByHash: async (hash) => (hash === "real" ? record : undefined) }, clock.now);
  await cache.load("real");
  for (let i = 0; i < 50_000; i++) await cache.load(`invented ${i}`);
  expect(cache.peek("real")?.record).toBe(record);
  expect(cache.peek("invented 49999")).toBeNull();
  expect(cache.peek("invented 0")).toBeUndefined();
});

test("a clock that is set back makes a key no older", async () => {
  const clock = new SimulatedClock();
  const cache = createKeyCache({ findByHash: async () => record }, clock.now);
  await cache.load("real");
  clock.advance(-1);
  expect(cache.peek("real")).toBeUndefined();
});

test("the time a lookup takes counts towards how long it is believed", async () => {
  const clock = new SimulatedClock();
  const cache = createKeyCache(
    {
      async findByHash() {
        clock.advance(8_000);
        return record;
      },
    },
    clock.now,
  );
  await cache.load("real");
  clock.advance(1_999);
  expect(cache.peek("real")).toBeDefined();
  clock.advance(1);
  expect(cache.peek("real")).toBeUndefined();
});
