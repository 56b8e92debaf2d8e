import { randomBytes } from "node:crypto";
import { MAX_EVENTS_PER_BATCH, type ProblemCode } from "@org/mcp-analytics-schema";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { expectProblem, expectUnharmed } from "./problems.ts";
import { startTestCollector, type TestCollector } from "./test-collector.ts";

let collector: TestCollector;
beforeEach(async () => {
  collector = await startTestCollector();
});
afterEach(() => collector.close());

/** A UUIDv7 that was never used. */
function batchId(): string {
  const hex = randomBytes(16).toString("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-7${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20)}`;
}

const batch = (events: unknown, changes: Record<string, unknown> = {}) => ({ batchId: batchId(), events, ...changes });
const events = (count: number) => Array.from({ length: count }, (_unused, i) => collector.event({ tool: `tool_${i}` }));

describe("a batch", () => {
  test("is stored whole and in order", async () => {
    const sent = events(MAX_EVENTS_PER_BATCH);
    const response = await collector.sendBatch(batch(sent));
    expect(response.status).toBe(201);
    expect(await response.json()).toEqual({ success: true, accepted: 100, rejected: [] });
    expect(collector.writer.events).toEqual(sent);
  });

  test("may say what the contract lets it say about client and server", async () => {
    const response = await collector.sendBatch(
      batch([collector.event({ durationMs: 12 })], {
        sdk: { name: "@org/mcp-analytics-client", version: "0.1.0" },
        server: { name: "weather", version: "1.0.0-rc.1" },
        client: "claude-code",
        dropped: { queue_full: 3 },
      }),
    );
    expect(response.status).toBe(201);
  });

  test("with some invalid events keeps the others and says which and why", async () => {
    const good = collector.event();
    const response = await collector.sendBatch(
      batch([good, { ...good, tool: "a b" }, null, { ...good, timestamp: good.timestamp - 60_001 }, good]),
    );
    expect(response.status).toBe(201);
    expect(await response.json()).toEqual({
      success: true,
      accepted: 2,
      rejected: [
        { index: 1, reason: "invalid_tool" },
        { index: 2, reason: "not_an_object" },
        { index: 3, reason: "stale_timestamp" },
      ],
    });
    expect(collector.writer.events).toEqual([good, good]);
  });

  test("without one valid event is refused with the reasons", async () => {
    const response = await collector.sendBatch(batch([{}, { ...collector.event(), user: "x" }]));
    const answer = await expectProblem(response, "no-valid-event");
    expect(answer.details).toEqual([
      { index: 0, reason: "missing_field" },
      { index: 1, reason: "unknown_field" },
    ]);
    await expectUnharmed(collector, 0);
  });

  const good = () => [collector.event()];
  const frames: [string, () => unknown, ProblemCode][] = [
    ["no events", () => ({ batchId: batchId() }), "invalid-event"],
    ["an empty list of events", () => batch([]), "invalid-event"],
    ["events null", () => batch(null), "invalid-event"],
    ["101 events", () => batch(events(101)), "too-many-events"],
    ["a single event in place of a batch", () => collector.event(), "invalid-event"],
    ["no batchId", () => ({ events: good() }), "invalid-event"],
    ["a batchId that is no UUID", () => batch(good(), { batchId: "1" }), "invalid-event"],
    [
      "a batchId of version 4",
      () => batch(good(), { batchId: "5f0c8b9e-5f0c-4b9e-8f0c-5f0c8b9e5f0c" }),
      "invalid-event",
    ],
    ["a batchId in upper case", () => batch(good(), { batchId: batchId().toUpperCase() }), "invalid-event"],
    ["a batchId in braces", () => batch(good(), { batchId: `{${batchId()}}` }), "invalid-event"],
    ["an unknown member", () => batch(good(), { hostname: "x" }), "invalid-event"],
    ["a client that is not on the list", () => batch(good(), { client: "my-laptop" }), "invalid-event"],
    [
      "an sdk with more than name and version",
      () => batch(good(), { sdk: { name: "a", version: "1", os: "x" } }),
      "invalid-event",
    ],
    [
      "a server version with a path",
      () => batch(good(), { server: { name: "a", version: "/home/a" } }),
      "invalid-event",
    ],
    ["a drop reason that does not exist", () => batch(good(), { dropped: { bored: 1 } }), "invalid-event"],
    ["a drop count of 0", () => batch(good(), { dropped: { expired: 0 } }), "invalid-event"],
  ];
  test.each(frames)("with %s is refused whole", async (_what, body, code) => {
    await expectProblem(await collector.sendBatch(body()), code);
    await expectUnharmed(collector, 0);
  });
});

describe("a batch that comes again", () => {
  test("is answered as stored, and stored once", async () => {
    const body = batch([...events(3), { tool: "a b" }]);
    const first = await collector.sendBatch(body);
    expect(await first.json()).toEqual({
      success: true,
      accepted: 3,
      rejected: [{ index: 3, reason: "missing_field" }],
    });
    const second = await collector.sendBatch(body);
    expect(second.status).toBe(201);
    expect(await second.json()).toEqual({
      success: true,
      accepted: 3,
      rejected: [{ index: 3, reason: "missing_field" }],
      duplicate: true,
    });
    expect(collector.writer.events).toHaveLength(3);
  });

  test("says nothing of events that have become too old since the first time", async () => {
    const body = batch([collector.event({ timestamp: collector.clock.now() - 59_000 }), collector.event()]);
    await collector.sendBatch(body);
    collector.clock.advance(5_000);
    const again = await collector.sendBatch(body);
    expect(await again.json()).toEqual({ success: true, accepted: 2, rejected: [], duplicate: true });
  });

  test("with the id of a batch but other events stores nothing: the first delivery stands", async () => {
    const id = batchId();
    await collector.sendBatch(batch(events(2), { batchId: id }));
    const other = await collector.sendBatch(batch(events(5), { batchId: id }));
    expect(await other.json()).toEqual({ success: true, accepted: 2, rejected: [], duplicate: true });
    expect(collector.writer.events).toHaveLength(2);
  });

  test("under another project is a batch of its own", async () => {
    const body = batch(events(1));
    const stranger = collector.keyStore.add({ projectId: 2 });
    await collector.sendBatch(body);
    const other = await collector.sendBatch(body, { "x-api-key": stranger.apiKey });
    expect(await other.json()).toEqual({ success: true, accepted: 1, rejected: [] });
    expect(collector.writer.events).toHaveLength(2);
  });
});

test("a delivery says whose it is and when it came, and the key is noted as used", async () => {
  const body = batch(events(2));
  await collector.sendBatch(body);
  expect(collector.writer.deliveries).toEqual([
    {
      projectId: 1,
      keyId: collector.key.record.keyId,
      deliveryId: body.batchId,
      events: body.events,
      receivedAt: collector.clock.now(),
    },
  ]);
  expect(collector.touched).toEqual([collector.key.record]);
});
