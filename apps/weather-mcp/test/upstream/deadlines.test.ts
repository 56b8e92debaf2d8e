import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type ManualClock, manualClock } from "../support/manual-clock.ts";
import { failureOf, openHarness, type UpstreamHarness } from "../support/upstream-harness.ts";

let clock: ManualClock;
let harness: UpstreamHarness;
beforeEach(async () => {
  clock = manualClock("2026-07-15T20:10:00Z");
  harness = await openHarness(clock);
});
afterEach(() => harness.close());

const ATTEMPT_MS = 8_000;

describe("time", () => {
  test.each(["hang", "slow-drip"] as const)(
    "an attempt that does not end (%s) is given up after 8 s and tried again",
    async (kind) => {
      harness.upstream.fail("nws/thing", kind, 1);
      const answer = harness.get();
      await harness.upstream.whenHit("nws/thing");
      clock.advance(ATTEMPT_MS);
      await clock.whenTimerWithin(2_000);
      clock.advance(2_000);
      await expect(answer).resolves.toMatchObject({ value: { ok: true } });
      expect(harness.upstream.hits("nws/thing")).toBe(2);
    },
  );

  test("a service that hangs is a TIMEOUT once another attempt would not fit", async () => {
    harness.upstream.fail("nws/thing", "hang");
    const failure = failureOf(harness.get());
    await harness.upstream.whenHit("nws/thing", 1);
    clock.advance(ATTEMPT_MS);
    await clock.whenTimerWithin(2_000);
    clock.advance(2_000);
    await harness.upstream.whenHit("nws/thing", 2);
    clock.advance(ATTEMPT_MS);
    expect(await failure).toMatchObject({ category: "TIMEOUT", upstream: "nws" });
    expect(harness.upstream.hits("nws/thing")).toBe(2);
  });

  test("where there is a fallback, time is left for it", async () => {
    harness.upstream.fail("nws/thing", "hang");
    const failure = failureOf(harness.get({ reserveMs: 5_000 }));
    await harness.upstream.whenHit("nws/thing");
    clock.advance(ATTEMPT_MS);
    expect(await failure).toMatchObject({ category: "TIMEOUT" });
    expect(harness.upstream.hits("nws/thing")).toBe(1);
  });

  test("a call never lasts longer than 20 s", async () => {
    harness.upstream.fail("nws/thing", { status: 429, retryAfterS: 11 }, 1);
    harness.upstream.fail("nws/thing", "hang");
    const failure = failureOf(harness.get());
    await harness.upstream.whenHit("nws/thing");
    clock.advance(20_000);
    expect(await failure).toMatchObject({ category: "TIMEOUT" });
  });

  test("cancelling ends the request on the wire", async () => {
    const cancel = new AbortController();
    harness.upstream.fail("nws/thing", "hang");
    const failure = failureOf(harness.get({}, harness.scope(cancel.signal)));
    await harness.upstream.whenHit("nws/thing");
    cancel.abort();
    expect(await failure).toMatchObject({ reason: "cancelled" });
    await harness.upstream.whenClosed("nws/thing");
  });

  test("cancelling while it waits for a retry ends it at once", async () => {
    const cancel = new AbortController();
    harness.upstream.fail("nws/thing", { status: 503 });
    const failure = failureOf(harness.get({}, harness.scope(cancel.signal)));
    await clock.whenTimerWithin(2_000);
    cancel.abort();
    expect(await failure).toMatchObject({ reason: "cancelled" });
    expect(harness.upstream.hits("nws/thing")).toBe(1);
  });

  test("one of two callers may leave; the other gets its answer", async () => {
    const cancel = new AbortController();
    harness.upstream.fail("nws/thing", { status: 503 }, 1);
    const leaving = failureOf(harness.get({}, harness.scope(cancel.signal)));
    const staying = harness.get();
    await clock.whenTimerWithin(2_000);
    cancel.abort();
    expect(await leaving).toMatchObject({ reason: "cancelled" });
    clock.advance(2_000);
    await expect(staying).resolves.toMatchObject({ value: { ok: true } });
  });

  test("no timer is left behind", async () => {
    const scope = harness.scope();
    await harness.get({}, scope);
    scope.dispose();
    expect(clock.timers).toBe(0);
  });
});
