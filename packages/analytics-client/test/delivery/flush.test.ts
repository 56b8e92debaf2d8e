import { describe, expect, test } from "vitest";
import { accepted, reply } from "../support/fake-transport.ts";
import { createHarness } from "../support/harness.ts";

/** Notes when a promise settles. */
function watch(promise: Promise<void>): { done: boolean } {
  const state = { done: false };
  promise.then(() => {
    state.done = true;
  });
  return state;
}

describe("flush", () => {
  test("with nothing waiting resolves at once and touches nothing", async () => {
    const { analytics, transport, clock } = createHarness();
    await analytics.flush();
    expect(transport.sent).toHaveLength(0);
    expect(clock.pending).toBe(0);
  });

  test("sends without waiting for company and resolves once it is stored", async () => {
    const { analytics, transport, clock } = createHarness();
    for (let i = 0; i < 250; i++) analytics.trackSuccess("tool");
    const flush = watch(analytics.flush());
    await clock.settle();
    expect(transport.sent).toHaveLength(3);
    expect(flush.done).toBe(true);
    expect(clock.pending).toBe(0);
  });

  test("keeps its deadline while the collector hangs", async () => {
    const { analytics, transport, clock } = createHarness();
    transport.react = () => "hang";
    analytics.trackSuccess("tool");
    const flush = watch(analytics.flush({ deadlineMs: 700 }));
    await clock.advance(699);
    expect(flush.done).toBe(false);
    await clock.advance(1);
    await clock.settle();
    expect(flush.done).toBe(true);
  });

  test("gives up early where the collector said to come back later", async () => {
    const { analytics, transport, clock } = createHarness();
    transport.react = () => reply(503, {}, { "retry-after": "30" });
    analytics.trackSuccess("tool");
    const flush = watch(analytics.flush({ deadlineMs: 10_000 }));
    await clock.settle();
    expect(flush.done).toBe(true);
    expect(transport.sent).toHaveLength(1);
  });

  test("tries twice, as the first failure may be a connection that had gone idle", async () => {
    const { analytics, transport, clock } = createHarness();
    transport.react = ({ json }, index) => (index < 1 ? new Error("ECONNRESET") : accepted(json));
    analytics.trackSuccess("tool");
    const flush = watch(analytics.flush({ deadlineMs: 10_000 }));
    await clock.advance(1_000);
    expect(flush.done).toBe(true);
    expect(transport.sent).toHaveLength(2);
  });

  test("ends soon where nobody answers", async () => {
    const { analytics, transport, clock } = createHarness({}, {}, 0.5);
    transport.react = () => new Error("ECONNREFUSED");
    analytics.trackSuccess("tool");
    const flush = watch(analytics.flush({ deadlineMs: 10_000 }));
    await clock.advance(500);
    await clock.settle();
    expect(flush.done).toBe(true);
    expect(transport.sent).toHaveLength(2);
  });

  test("does not exceed the rate limit", async () => {
    const { analytics, transport, clock } = createHarness();
    for (let i = 0; i < 1_500; i++) analytics.trackSuccess("tool");
    const flush = watch(analytics.flush());
    await clock.settle();
    expect(flush.done).toBe(true);
    expect(transport.sent).toHaveLength(10);
  });

  test("two at a time both end", async () => {
    const { analytics, transport, clock } = createHarness();
    transport.react = () => "hang";
    analytics.trackSuccess("tool");
    const short = watch(analytics.flush({ deadlineMs: 10 }));
    const long = watch(analytics.flush({ deadlineMs: 1_000 }));
    await clock.advance(10);
    await clock.settle();
    expect([short.done, long.done]).toEqual([true, false]);
    await clock.advance(990);
    await clock.settle();
    expect(long.done).toBe(true);
    expect(transport.sent).toHaveLength(1);
  });

  test.each([0, -5, Number.NaN, 1e12])("takes a deadline of %d without complaint", async (deadlineMs) => {
    const { analytics, clock } = createHarness();
    analytics.trackSuccess("tool");
    const flush = watch(analytics.flush({ deadlineMs }));
    await clock.advance(60_000);
    expect(flush.done).toBe(true);
  });
});

describe("close", () => {
  test("delivers what waits, then ignores what comes", async () => {
    const { analytics, transport, clock } = createHarness();
    analytics.trackSuccess("tool");
    const closed = watch(analytics.close());
    await clock.settle();
    expect(closed.done).toBe(true);
    expect(transport.closed).toBe(true);
    analytics.trackSuccess("tool");
    await clock.advance(60_000);
    await analytics.flush();
    await analytics.close();
    expect(transport.sent).toHaveLength(1);
    expect(clock.pending).toBe(0);
  });

  test("leaves nothing behind while the collector hangs", async () => {
    const { analytics, transport, clock } = createHarness();
    transport.react = () => "hang";
    analytics.trackSuccess("tool");
    const closed = watch(analytics.close());
    await clock.advance(1_500);
    await clock.settle();
    expect(closed.done).toBe(true);
    expect(clock.pending).toBe(0);
  });
});
