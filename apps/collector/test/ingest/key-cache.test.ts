import fc from "fast-check";
import { expect, test } from "vitest";
import { createKeyCache, KNOWN_KEY_TTL_MS } from "../../src/ingest/key-cache.ts";
import { StorageUnavailableError } from "../../src/storage/errors.ts";
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
  lastUsedAtMs: 0,
};

test("a flood of invented keys pushes no real key out, and is not remembered for ever", async () => {
  const clock = new SimulatedClock();
  const cache = createKeyCache({ findByHash: async (hash) => (hash === "real" ? record : undefined) }, clock.now);
  await cache.load("real");
  for (let i = 0; i < 50_000; i++) await cache.load(`invented ${i}`);
  expect(cache.peek("real", clock.now())?.record).toBe(record);
  expect(cache.peek("invented 49999", clock.now())).toBeNull();
  expect(cache.peek("invented 0", clock.now())).toBeUndefined();
});

test("a clock that is set back makes a key no older", async () => {
  const clock = new SimulatedClock();
  const cache = createKeyCache({ findByHash: async () => record }, clock.now);
  await cache.load("real");
  clock.advance(-1);
  expect(cache.peek("real", clock.now())).toBeUndefined();
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
  expect(cache.peek("real", clock.now())).toBeDefined();
  clock.advance(1);
  expect(cache.peek("real", clock.now())).toBeUndefined();
});

/** A store of one key whose lookups end when the test says so, each with what was stored when it began. */
function open() {
  const clock = new SimulatedClock();
  const store: { record: KeyRecord | undefined; lookups: number } = { record, lookups: 0 };
  const ends: { answer(): void; fail(): void }[] = [];
  const cache = createKeyCache(
    {
      findByHash() {
        store.lookups += 1;
        const found = store.record;
        return new Promise((resolve, reject) => {
          ends.push({ answer: () => resolve(found), fail: () => reject(new StorageUnavailableError("57P01")) });
        });
      },
    },
    clock.now,
  );
  /** Ends every lookup that runs, and goes on once the cache has seen it. */
  const end = async (how: "answer" | "fail") => {
    const seen = cache.load("real").catch(() => {});
    for (const lookup of ends.splice(0)) lookup[how]();
    await seen;
  };
  return { clock, store, cache, end, peek: () => cache.peek("real", clock.now()) };
}

test("a key in use is looked up again once it is older than 8 s, once however many ask, and nobody waits", async () => {
  const { clock, store, end, peek } = open();
  await end("answer");
  clock.advance(8_000);
  expect(peek()?.record).toBe(record);
  expect(store.lookups).toBe(1);
  clock.advance(1);
  for (let asked = 0; asked < 100; asked++) expect(peek()?.record).toBe(record);
  expect(store.lookups).toBe(2);
  await end("answer");
  clock.advance(8_000);
  expect(peek()?.record).toBe(record);
  expect(store.lookups).toBe(2);
});

test("a key that nobody uses is not looked up again", async () => {
  const { clock, store, end, peek } = open();
  await end("answer");
  clock.advance(60_000);
  expect(peek()).toBeUndefined();
  expect(store.lookups).toBe(1);
});

test("a refresh that fails changes nothing before 10 s, and is tried again by whoever asks next", async () => {
  const { clock, store, end, peek } = open();
  await end("answer");
  clock.advance(8_001);
  peek();
  await end("fail");
  clock.advance(1_998);
  expect(peek()?.record).toBe(record);
  expect(store.lookups).toBe(3);
  await end("fail");
  clock.advance(1);
  expect(peek()).toBeUndefined();
});

test("what a refresh finds counts from the moment it is found", async () => {
  const { clock, store, end, peek } = open();
  await end("answer");
  store.record = { ...record, status: "disabled" };
  clock.advance(8_001);
  expect(peek()?.record.status).toBe("active");
  await end("answer");
  expect(peek()?.record.status).toBe("disabled");
  store.record = undefined;
  clock.advance(8_001);
  peek();
  await end("answer");
  expect(peek()).toBeNull();
});

test("a key that is revoked while it is in use stops within 10 s, however its lookups end", async () => {
  const step = fc.record({
    advanceMs: fc.integer({ min: 0, max: 3_000 }),
    how: fc.constantFrom("answer" as const, "fail" as const, "hang" as const),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 8 }), fc.array(step, { maxLength: 30 }), async (before, after) => {
      const { clock, store, cache, end, peek } = open();
      const use = async ({ advanceMs, how }: (typeof before)[number]) => {
        clock.advance(advanceMs);
        const key = peek();
        if (key === undefined) cache.load("real").catch(() => {});
        if (how !== "hang") await end(how);
        return key;
      };
      await end("answer");
      for (const one of before) await use(one);
      store.record = undefined;
      const endMs = clock.now() + KNOWN_KEY_TTL_MS;
      for (const one of after) {
        const key = await use(one);
        if (clock.now() >= endMs) expect(key ?? null).toBeNull();
      }
    }),
  );
});
