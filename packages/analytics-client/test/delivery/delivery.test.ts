import { BatchSchema } from "@org/mcp-analytics-schema";
import { Value } from "typebox/value";
import { describe, expect, test } from "vitest";
import { accepted, reply } from "../support/fake-transport.ts";
import { createHarness } from "../support/harness.ts";
import { API_KEY, SIGNING_SECRET } from "../support/keys.ts";

function track(harness: ReturnType<typeof createHarness>, count: number): void {
  for (let i = 0; i < count; i++) harness.analytics.trackSuccess("tool");
}

describe("when events go", () => {
  test("about a second after a call while the bucket is full", async () => {
    const harness = createHarness();
    track(harness, 3);
    await harness.clock.advance(999);
    expect(harness.transport.sent).toHaveLength(0);
    await harness.clock.advance(1);
    expect(harness.transport.sent).toHaveLength(1);
    expect(harness.transport.sent[0]?.json.events).toHaveLength(3);
  });

  test("a thousand calls in a burst need no more than twelve requests", async () => {
    const harness = createHarness();
    track(harness, 1_000);
    await harness.clock.advance(45_000);
    expect(harness.transport.sent.flatMap(({ json }) => json.events)).toHaveLength(1_000);
    expect(harness.transport.sent.length).toBeLessThanOrEqual(12);
  });

  test("a full batch goes before its second is over", async () => {
    const harness = createHarness();
    track(harness, 100);
    await harness.clock.advance(1);
    expect(harness.transport.sent).toHaveLength(1);
  });

  test("no event of a steady stream is held over 45 s", async () => {
    const harness = createHarness();
    const start = harness.clock.now();
    for (let i = 0; i < 600; i++) {
      harness.analytics.trackSuccess("tool");
      await harness.clock.advance(1_000);
    }
    for (const { at, json } of harness.transport.sent) {
      expect(at - Math.min(...json.events.map(({ timestamp }) => timestamp))).toBeLessThanOrEqual(45_000);
    }
    const lastAt = harness.transport.sent.at(-1)?.at ?? start;
    expect(start + 600_000 - lastAt).toBeLessThanOrEqual(45_000);
  });

  test("once nothing waits, no timer is left", async () => {
    const harness = createHarness();
    track(harness, 1);
    await harness.clock.advance(5_000);
    expect(harness.clock.pending).toBe(0);
  });
});

describe("what goes", () => {
  test("is what the contract allows, at every level and with every field", async () => {
    const harness = createHarness({ ANALYTICS_LEVEL: "standard" });
    harness.analytics.trackEvent({ toolName: "a".repeat(80), success: true, durationMs: 12 });
    harness.analytics.trackEvent({ toolName: "b", success: false, errorType: "TIMEOUT", durationMs: 1e15 });
    harness.analytics.trackEvent({ toolName: "c", success: false });
    await harness.events();
    for (const { json } of harness.transport.sent) expect([...Value.Errors(BatchSchema, json)]).toEqual([]);
  });

  test("carries the key, and a signature where there is a secret", async () => {
    const harness = createHarness({ ANALYTICS_SIGNING_SECRET: SIGNING_SECRET });
    track(harness, 1);
    await harness.events();
    expect(harness.transport.sent[0]?.headers).toEqual({
      "content-type": "application/json",
      "x-api-key": API_KEY,
      "x-timestamp": String(harness.clock.now()),
      "x-signature": expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  });

  test("a hundred of the longest events are far below 64 KiB", async () => {
    const harness = createHarness({ ANALYTICS_LEVEL: "standard" }, { errorTypes: ["E".repeat(50)] });
    for (let i = 0; i < 100; i++) {
      const toolName = "t".repeat(50);
      harness.analytics.trackEvent({ toolName, success: false, errorType: "E".repeat(50), durationMs: 1e9 });
    }
    await harness.events();
    expect(harness.transport.sent[0]?.json.events).toHaveLength(100);
    expect(harness.transport.sent[0]?.body.length).toBeLessThan(24_000);
  });
});

describe("a failed attempt", () => {
  test("is repeated with the same bytes, signed anew", async () => {
    const harness = createHarness({ ANALYTICS_SIGNING_SECRET: SIGNING_SECRET });
    harness.transport.react = ({ json }, index) => (index < 3 ? new Error("ECONNRESET") : accepted(json));
    track(harness, 2);
    await harness.clock.advance(30_000);
    const { sent } = harness.transport;
    expect(sent).toHaveLength(4);
    expect(new Set(sent.map(({ body }) => body)).size).toBe(1);
    expect(new Set(sent.map(({ headers }) => headers["x-signature"])).size).toBe(4);
  });

  test("makes room for nothing: later events wait for their own batch", async () => {
    const harness = createHarness();
    harness.transport.react = ({ json }, index) =>
      index === 0 ? reply(503, {}, { "retry-after": "5" }) : accepted(json);
    track(harness, 1);
    await harness.clock.advance(1_000);
    track(harness, 1);
    await harness.clock.advance(4_999);
    expect(harness.transport.sent).toHaveLength(1);
    await harness.clock.advance(5_000);
    expect(harness.transport.sent[1]?.body).toBe(harness.transport.sent[0]?.body);
    expect(harness.transport.sent).toHaveLength(3);
  });

  test("five in a row open the breaker, and one attempt after the pause closes it", async () => {
    const harness = createHarness({}, {}, 1);
    let down = true;
    harness.transport.react = ({ json }) => (down ? new Error("ECONNREFUSED") : accepted(json));
    track(harness, 1);
    await harness.clock.advance(16_000);
    expect(harness.transport.sent).toHaveLength(5);
    await harness.clock.advance(29_000);
    expect(harness.transport.sent).toHaveLength(5);
    down = false;
    await harness.clock.advance(2_000);
    expect(harness.transport.sent).toHaveLength(6);
    track(harness, 1);
    await harness.clock.advance(45_000);
    expect(harness.transport.sent).toHaveLength(7);
  });

  test("a collector that stays down costs a few requests an hour and no memory", async () => {
    const harness = createHarness();
    harness.transport.react = () => new Error("ECONNREFUSED");
    for (let minute = 0; minute < 60; minute++) {
      track(harness, 100);
      await harness.clock.advance(60_000);
    }
    expect(harness.transport.sent.length).toBeLessThan(40);
    await harness.clock.advance(120_000);
    expect(harness.clock.pending).toBe(0);
  });
});

test("three days without a collector: a few requests an hour, a bounded queue, and what was lost is told to the last event", async () => {
  const harness = createHarness();
  let down = true;
  harness.transport.react = ({ json }) => (down ? new Error("ECONNREFUSED") : accepted(json));
  const MINUTES = 3 * 24 * 60;
  for (let minute = 0; minute < MINUTES; minute++) {
    track(harness, 10);
    await harness.clock.advance(60_000);
  }
  expect(harness.transport.sent.length).toBeLessThan(3 * 24 * 21);
  expect(harness.transport.sent.length).toBeGreaterThan(3 * 24 * 10);
  expect(harness.clock.pending).toBeLessThanOrEqual(1);
  expect(harness.notices).toEqual([]);
  down = false;
  const tried = harness.transport.sent.length;
  // The longest pause, and then the time to send.
  for (let minute = 0; minute < 6; minute++) {
    track(harness, 10);
    await harness.clock.advance(60_000);
  }
  const batches = harness.transport.sent.slice(tried).map(({ json }) => json);
  const stored = batches.flatMap(({ events }) => events).length;
  const lost = batches.flatMap(({ dropped = {} }) => Object.values(dropped)).reduce((sum, count) => sum + count, 0);
  expect(stored + lost).toBe((MINUTES + 6) * 10);
});

describe("what is given up is counted and reported", () => {
  test("events that outlived the window", async () => {
    const harness = createHarness();
    harness.transport.react = ({ json }, index) =>
      index === 0 ? reply(503, {}, { "retry-after": "70" }) : accepted(json);
    track(harness, 1);
    await harness.clock.advance(1_000);
    track(harness, 2);
    await harness.clock.advance(70_000);
    track(harness, 3);
    await harness.clock.advance(45_000);
    const last = harness.transport.sent.at(-1)?.json;
    expect(last?.dropped).toEqual({ undeliverable: 1, expired: 2 });
    expect(last?.events).toHaveLength(3);
  });

  test("events beyond the queue", async () => {
    const harness = createHarness();
    track(harness, 5_001);
    await harness.clock.advance(1);
    expect(harness.transport.sent[0]?.json.dropped).toEqual({ queue_full: 100 });
  });

  test("once: a count that was stored is not reported again", async () => {
    const harness = createHarness();
    track(harness, 5_001);
    await harness.clock.advance(500);
    const counts = harness.transport.sent.map(({ json }) => json.dropped);
    expect(counts.length).toBeGreaterThan(2);
    expect(counts.slice(1).every((dropped) => dropped === undefined)).toBe(true);
  });

  test("again: a count whose batch was refused goes with the next", async () => {
    const harness = createHarness();
    harness.transport.react = ({ json }, index) =>
      index === 0 ? reply(413, { code: "body-too-large" }) : accepted(json);
    track(harness, 5_001);
    await harness.clock.advance(500);
    expect(harness.transport.sent[1]?.json.dropped).toEqual({ queue_full: 100, rejected: 100 });
  });
});

describe("a wrong clock", () => {
  const SKEW_MS = 3 * 3_600_000;

  /** Judges timestamps as the collector does, by its own clock. */
  function collectorAhead(harness: ReturnType<typeof createHarness>, skewMs: number): void {
    harness.transport.react = ({ json, at }) => {
      const now = at + skewMs;
      const date = new Date(now).toUTCString();
      const rejected = json.events.flatMap(({ timestamp }, index) => {
        if (timestamp < now - 60_000) return [{ index, reason: "stale_timestamp" }];
        return timestamp > now + 1_000 ? [{ index, reason: "future_timestamp" }] : [];
      });
      const none = rejected.length === json.events.length;
      if (none) return reply(400, { code: "no-valid-event", details: rejected }, { date });
      return reply(201, { success: true, accepted: json.events.length - rejected.length, rejected }, { date });
    };
  }

  test.each([
    ["behind", SKEW_MS],
    ["ahead", -SKEW_MS],
    ["a little ahead", -2_700],
    ["five minutes behind", 300_000],
    ["five minutes ahead", -300_000],
    ["a day behind", 86_400_000],
    ["a day ahead", -86_400_000],
  ])("%s costs one request and no event", async (_name, skewMs) => {
    const harness = createHarness();
    collectorAhead(harness, skewMs);
    track(harness, 5);
    await harness.clock.advance(10_000);
    expect(harness.transport.sent).toHaveLength(2);
    const [first, second] = harness.transport.sent;
    expect(second?.json.batchId).not.toBe(first?.json.batchId);
    expect(second?.json.events).toHaveLength(5);
    expect(second?.json.dropped).toBeUndefined();
    track(harness, 1);
    await harness.clock.advance(10_000);
    expect(harness.transport.sent).toHaveLength(3);
  });

  test.each([
    ["two seconds behind", 2_000],
    ["half a second ahead, as a smeared leap second makes it", -500],
    ["half a second behind", 500],
  ])("%s costs nothing at all", async (_name, skewMs) => {
    const harness = createHarness();
    collectorAhead(harness, skewMs);
    for (let i = 0; i < 3; i++) {
      track(harness, 5);
      await harness.clock.advance(10_000);
    }
    expect(harness.transport.sent.map(({ json }) => json.events.length)).toEqual([5, 5, 5]);
    expect(harness.transport.sent.every(({ json }) => json.dropped === undefined)).toBe(true);
  });

  test("a collector that refuses times without a date is not asked for ever", async () => {
    const harness = createHarness();
    harness.transport.react = ({ json }) =>
      reply(400, {
        code: "no-valid-event",
        details: json.events.map((_event, index) => ({ index, reason: "stale_timestamp" })),
      });
    track(harness, 5);
    await harness.clock.advance(60_000);
    expect(harness.transport.sent).toHaveLength(1);
  });

  test("an expired signature is put right by the answer's date", async () => {
    const harness = createHarness({ ANALYTICS_SIGNING_SECRET: SIGNING_SECRET });
    harness.transport.react = ({ json, headers, at }) => {
      const now = at + SKEW_MS;
      const expired = Math.abs(Number(headers["x-timestamp"]) - now) > 60_000;
      const answer = expired ? reply(401, { code: "signature-expired" }) : accepted(json);
      return { ...answer, headers: { date: new Date(now).toUTCString() } };
    };
    track(harness, 2);
    await harness.clock.advance(10_000);
    expect(harness.transport.sent).toHaveLength(2);
    expect(harness.notices).toEqual([]);
  });
});

test("a refused key pauses the client and says so once", async () => {
  const harness = createHarness();
  harness.transport.react = () => reply(401, { code: "invalid-key" });
  track(harness, 1);
  await harness.clock.advance(2_000);
  for (let i = 0; i < 10; i++) {
    track(harness, 1);
    await harness.clock.advance(60_000);
  }
  expect(harness.transport.sent).toHaveLength(1);
  expect(harness.notices).toHaveLength(1);
});
