import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { BucketStore, Charge, Grant } from "../../src/limits/bucket-store.ts";
import { keyLimits } from "../../src/limits/key-limits.ts";
import { SimulatedClock } from "./simulated-clock.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

/** Opens a store whose time is `now`. */
export type OpenStore = (now: () => number) => Promise<BucketStore>;

let partitions = 0;
/** Limits of a key that nobody has used. */
export function freshKey(rateLimitPerDay: number | null = null, tier: "free" | "pro" = "free") {
  return keyLimits({
    projectId: 1_000_000 + Math.floor(Math.random() * 1e9),
    keyId: ++partitions,
    tier,
    rateLimitPerDay,
  });
}

/** What every store of limits promises, wherever it keeps them. */
export function bucketStoreContract(name: string, openStore: OpenStore): void {
  describe(`bucket store: ${name}`, () => {
    let clock: SimulatedClock;
    let store: BucketStore;

    beforeAll(async () => {
      clock = new SimulatedClock();
      store = await openStore(clock.now);
    });
    beforeEach(() => clock.set(Date.UTC(2026, 10, 22, 12)));
    afterAll(() => store.close());

    const takeMany = (charge: Charge, count: number) =>
      Promise.all(Array.from({ length: count }, () => store.take(charge)));
    const allowed = async (charge: Charge, count: number) =>
      (await takeMany(charge, count)).filter((taken) => taken.allowed).length;

    test("a burst is let through up to the capacity, however parallel it comes", async () => {
      const { request } = freshKey();
      expect(await allowed(request, 400)).toBe(10);
    });

    test("a grant says what the tightest limit has left and when it grows", async () => {
      const { request } = freshKey();
      const taken = await store.take(request);
      expect(taken).toEqual({
        allowed: true,
        limitedBy: "burst",
        limit: 10,
        remaining: 9,
        resetAtMs: clock.now() + 40_000,
        takenAtMs: clock.now(),
      });
    });

    test("a refusal says exactly when the same charge is let in: not 1 ms earlier", async () => {
      const { request } = freshKey();
      await takeMany(request, 10);
      const refused = await store.take(request);
      expect(refused).toEqual({
        allowed: false,
        limitedBy: "burst",
        limit: 10,
        retryAfterMs: 40_000,
        resetAtMs: clock.now() + 40_000,
      });
      clock.advance(39_999);
      expect((await store.take(request)).allowed).toBe(false);
      clock.advance(1);
      expect((await store.take(request)).allowed).toBe(true);
    });

    test("a refused request consumes nothing", async () => {
      const { request } = freshKey();
      await takeMany(request, 10);
      await takeMany(request, 50);
      clock.advance(40_000);
      expect(await allowed(request, 5)).toBe(1);
    });

    test("all or nothing: what one limit refuses costs the others nothing", async () => {
      const key = freshKey();
      await store.take(key.events(9_995));
      expect((await store.take(key.events(6))).allowed).toBe(false);
      expect((await store.take(key.events(5))).allowed).toBe(true);
      expect((await store.take(key.request)).allowed).toBe(false);
      clock.advance(12 * HOUR_MS);
      // Had the refused request cost a token, nine would be left of the burst, not ten.
      expect(await allowed(key.request, 20)).toBe(10);
    });

    test("the requests of a day end at its limit and begin anew at midnight UTC", async () => {
      const { request } = freshKey(7);
      expect(await allowed(request, 10)).toBe(7);
      const refused = await store.take(request);
      expect(refused).toMatchObject({ allowed: false, limitedBy: "day", limit: 7, retryAfterMs: 12 * HOUR_MS });
      clock.advance(12 * HOUR_MS - 1);
      expect((await store.take(request)).allowed).toBe(false);
      clock.advance(1);
      expect(await allowed(request, 10)).toBe(7);
    });

    test("a key whose daily limit is 0 is never let in", async () => {
      const { request } = freshKey(0);
      expect((await store.take(request)).allowed).toBe(false);
      clock.advance(DAY_MS);
      expect((await store.take(request)).allowed).toBe(false);
    });

    test("what is given back can be taken again, and no more than that", async () => {
      const { request } = freshKey();
      const grants = (await takeMany(request, 10)) as Grant[];
      await store.refund(request, grants[0] as Grant);
      expect(await allowed(request, 5)).toBe(1);
    });

    test("giving back never fills a bucket beyond its capacity", async () => {
      const { request } = freshKey();
      const grant = (await store.take(request)) as Grant;
      clock.advance(HOUR_MS);
      for (let i = 0; i < 5; i++) await store.refund(request, grant);
      expect(await allowed(request, 20)).toBe(10);
    });

    test("what was taken yesterday is not given back to today", async () => {
      const { request } = freshKey(3);
      clock.set(Date.UTC(2026, 10, 22, 23, 59, 59, 999));
      const grant = (await store.take(request)) as Grant;
      clock.advance(1);
      expect(await allowed(request, 3)).toBe(3);
      await store.refund(request, grant);
      expect((await store.take(request)).allowed).toBe(false);
    });

    test("giving back to a bucket that nobody knows does nothing", async () => {
      const { request } = freshKey();
      const grant: Grant = {
        allowed: true,
        limitedBy: "",
        limit: 0,
        remaining: 0,
        resetAtMs: 0,
        takenAtMs: clock.now(),
      };
      await store.refund(request, grant);
      expect(await allowed(request, 20)).toBe(10);
    });

    test("a clock that is set back mints nothing", async () => {
      const { request } = freshKey();
      await takeMany(request, 10);
      clock.advance(-60_000);
      expect((await store.take(request)).allowed).toBe(false);
      clock.advance(60_000);
      expect((await store.take(request)).allowed).toBe(false);
      clock.advance(40_000);
      expect(await allowed(request, 5)).toBe(1);
    });

    test("a clock that was far ahead once does not lock a key out for that long", async () => {
      const { request } = freshKey();
      clock.advance(30 * DAY_MS);
      await takeMany(request, 10);
      clock.advance(-30 * DAY_MS);
      expect((await store.take(request)).allowed).toBe(false);
      clock.advance(40_000);
      expect((await store.take(request)).allowed).toBe(true);
    });

    test("a new tier counts what was used under the old one", async () => {
      const identity = { projectId: 5_000_000 + Math.floor(Math.random() * 1e9), keyId: 1, rateLimitPerDay: null };
      await takeMany(keyLimits({ ...identity, tier: "free" }).request, 10);
      expect(await allowed(keyLimits({ ...identity, tier: "pro" }).request, 100)).toBe(40);
      expect(await allowed(keyLimits({ ...identity, tier: "free" }).request, 1)).toBe(0);
    });

    test("keys do not share limits", async () => {
      const [one, other] = [freshKey(), freshKey()];
      const taken = await Promise.all(
        [...Array(10)].flatMap(() => [store.take(one.request), store.take(other.request)]),
      );
      expect(taken.every(({ allowed }) => allowed)).toBe(true);
    });
  });
}
