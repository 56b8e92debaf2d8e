import { BatchSchema, EventSchema, MAX_EVENT_AGE_MS, MAX_EVENT_LEAD_MS } from "@org/mcp-analytics-schema";
import fc from "fast-check";
import type { FastifyReply, FastifyRequest } from "fastify";
import { Compile } from "typebox/compile";
import { expect, test } from "vitest";
import { checkEvent } from "../../src/ingest/check-event.ts";
import { IngestRequest } from "../../src/ingest/ingest-request.ts";
import { createOutcomes } from "../../src/ingest/outcome.ts";
import { createValidateBatch } from "../../src/ingest/validate.ts";

const NOW_MS = Date.UTC(2026, 10, 22, 12);
const eventSchema = Compile(EventSchema);
const batchSchema = Compile(BatchSchema);

/** Runs the stage over a parsed body; undefined when it refuses the whole batch. */
function validateBatch(body: unknown): IngestRequest | undefined {
  const ingest = new IngestRequest();
  ingest.body = body;
  try {
    createValidateBatch(createOutcomes(), () => NOW_MS)(ingest, {} as FastifyRequest, {} as FastifyReply);
    return ingest;
  } catch {
    return undefined;
  }
}

/** JSON as a client may send it: what parsing can yield and nothing else. */
const anyJson = fc.jsonValue({ maxDepth: 2 });

/** What may become of one member: it goes, or it becomes something likely or something odd. */
function change(member: string, likely: fc.Arbitrary<unknown>) {
  const value = fc.oneof(
    { weight: 6, arbitrary: likely },
    { weight: 1, arbitrary: anyJson as fc.Arbitrary<unknown> },
    { weight: 1, arbitrary: fc.constant(undefined) },
  );
  return fc.tuple(fc.constant(member), value);
}

/** A valid object with up to three changes, as it looks after it was sent and parsed. */
function near(base: object, changes: readonly fc.Arbitrary<[string, unknown]>[]): fc.Arbitrary<unknown> {
  return fc
    .array(fc.oneof(...changes), { maxLength: 3 })
    .map((changed) => JSON.parse(JSON.stringify({ ...base, ...Object.fromEntries(changed) })) as unknown);
}

const name = fc.string({ unit: fc.constantFrom(..."abcXYZ0189_./-"), maxLength: 52 });
const oddName = fc.string({ unit: fc.constantFrom(..."aZ0_./- @\n:"), maxLength: 4 });

/** Values close to events, so that each rule is met from both sides. */
const nearEvent = near({ tool: "get_forecast", success: true, timestamp: NOW_MS }, [
  change("tool", fc.oneof(name, oddName)),
  change("success", fc.boolean()),
  change("timestamp", fc.integer({ min: NOW_MS - 61_000, max: NOW_MS + 2_000 })),
  change("errorType", fc.oneof(name, oddName)),
  change("durationMs", fc.oneof(fc.integer({ min: -1, max: 9 }), fc.integer({ min: 86_399_990, max: 86_400_001 }))),
  change("extra", anyJson as fc.Arbitrary<unknown>),
]);

function isTimely(value: unknown): boolean {
  const { timestamp } = value as { timestamp: number };
  return timestamp >= NOW_MS - MAX_EVENT_AGE_MS && timestamp <= NOW_MS + MAX_EVENT_LEAD_MS;
}

test("an event is valid exactly when the schema says so and its time is within the window", () => {
  let valid = 0;
  fc.assert(
    fc.property(fc.oneof({ weight: 9, arbitrary: nearEvent }, { weight: 1, arbitrary: anyJson }), (value) => {
      const expected = eventSchema.Check(value) && isTimely(value);
      if (expected) valid++;
      expect(checkEvent(value, NOW_MS) === undefined).toBe(expected);
    }),
    { numRuns: 10_000 },
  );
  expect(valid).toBeGreaterThan(3_000);
});

const software = near({ name: "weather", version: "1.0.0" }, [
  change("name", fc.constantFrom("@org/x", "", "a b", "/x", "a".repeat(64), "a".repeat(65))),
  change("version", fc.constantFrom("1.0.0-rc.1+5", "", "/", "1".repeat(33))),
  change("os", fc.constant("x")),
]);
const nearBatch = near(
  {
    batchId: "01234567-0123-7123-8123-0123456789ab",
    events: [{ tool: "t", success: false, timestamp: NOW_MS }],
  },
  [
    change(
      "batchId",
      fc.constantFrom("01234567-0123-4123-8123-0123456789ab", "01234567-0123-7123-8123-0123456789AB", "x"),
    ),
    change("sdk", software),
    change("server", software),
    change("client", fc.constantFrom("claude-code", "other", "mine")),
    change(
      "dropped",
      fc.dictionary(fc.constantFrom("expired", "queue_full", "bored"), fc.integer({ min: 0, max: 1_000_001 })),
    ),
    change("extra", anyJson as fc.Arbitrary<unknown>),
  ],
);

test("a batch whose events are all valid passes exactly when the schema says so", () => {
  let valid = 0;
  fc.assert(
    fc.property(nearBatch, (value) => {
      const expected = batchSchema.Check(value);
      if (expected) valid++;
      expect(validateBatch(value)?.rejected.length === 0).toBe(expected);
    }),
    { numRuns: 5_000 },
  );
  expect(valid).toBeGreaterThan(500);
});

test("each event of a batch is either kept or refused, and those kept stay in order", () => {
  fc.assert(
    fc.property(fc.array(nearEvent, { minLength: 1, maxLength: 100 }), (events) => {
      const batch = validateBatch({ batchId: "01234567-0123-7123-8123-0123456789ab", events });
      const valid = events.filter((event) => checkEvent(event, NOW_MS) === undefined);
      expect(batch === undefined).toBe(valid.length === 0);
      if (batch === undefined) return;
      const refused = new Set(batch.rejected.map(({ index }) => index));
      expect(batch.events).toEqual(valid);
      expect(batch.events).toEqual(events.filter((_event, index) => !refused.has(index)));
      expect(batch.events.length + batch.rejected.length).toBe(events.length);
    }),
    { numRuns: 200 },
  );
});

test.each([
  ["not_an_object", []],
  ["not_an_object", null],
  ["not_an_object", "x"],
  ["unknown_field", { tool: "", userId: 1 }],
  ["unknown_field", JSON.parse('{"tool":"a","success":true,"timestamp":1,"__proto__":{}}')],
  ["unknown_field", { tool: "a", success: true, timestamp: NOW_MS, constructor: 1 }],
  ["missing_field", {}],
  ["missing_field", { tool: "", success: true }],
  ["missing_field", { success: "x", timestamp: "x" }],
  ["invalid_tool", { tool: "a b", success: 1, timestamp: "x" }],
  ["invalid_tool", { tool: "get_forecast\n", success: true, timestamp: NOW_MS }],
  ["invalid_success", { tool: "a", success: "true", errorType: 1, timestamp: NOW_MS }],
  ["invalid_success", { tool: "a", success: null, timestamp: NOW_MS }],
  ["invalid_error_type", { tool: "a", success: true, errorType: "TIMEOUT", timestamp: NOW_MS }],
  ["invalid_error_type", { tool: "a", success: false, errorType: "9", timestamp: NOW_MS }],
  ["invalid_duration", { tool: "a", success: true, durationMs: -1, timestamp: "x" }],
  ["invalid_timestamp", { tool: "a", success: true, timestamp: 1.5 }],
  ["invalid_timestamp", { tool: "a", success: true, timestamp: 0 }],
  ["stale_timestamp", { tool: "a", success: true, timestamp: NOW_MS - MAX_EVENT_AGE_MS - 1 }],
  ["future_timestamp", { tool: "a", success: true, timestamp: NOW_MS + MAX_EVENT_LEAD_MS + 1 }],
])("a refused event names the first rule that it breaks: %s", (reason, value) => {
  expect(checkEvent(value, NOW_MS)).toBe(reason);
});
