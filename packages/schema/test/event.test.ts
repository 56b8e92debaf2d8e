import { Check } from "typebox/value";
import { describe, expect, test } from "vitest";
import { BatchSchema, EventSchema } from "../src/index.ts";

const timestamp = 1_763_800_000_000;
const success = { tool: "get_forecast", success: true, timestamp };
const failure = { tool: "get_forecast", success: false, errorType: "TIMEOUT", timestamp };

describe("event", () => {
  test.each([
    success,
    failure,
    { ...success, durationMs: 0 },
    { tool: "a/b.c-d_E9", success: false, timestamp },
    { ...success, tool: "x".repeat(50) },
    { ...failure, errorType: `E${"x".repeat(49)}` },
  ])("accepts %j", (event) => {
    expect(Check(EventSchema, event)).toBe(true);
  });

  test.each([
    ["an error type on success", { ...success, errorType: "TIMEOUT" }],
    ["an unknown field", { ...success, userId: "u1" }],
    ["success as text", { ...success, success: "true" }],
    ["success as a number", { ...success, success: 1 }],
    ["a name over 50 characters", { ...success, tool: "x".repeat(51) }],
    ["an empty name", { ...success, tool: "" }],
    ["a sentence as a name", { ...success, tool: "alice@example.com" }],
    ["a line break after a name", { ...success, tool: "get_forecast\n" }],
    ["a digit first in an error type", { ...failure, errorType: "9x" }],
    ["a message as an error type", { ...failure, errorType: "user alice not found" }],
    ["a timestamp with a fraction", { ...success, timestamp: 1.5 }],
    ["a timestamp as text", { ...success, timestamp: String(timestamp) }],
    ["a negative duration", { ...success, durationMs: -1 }],
    ["no tool", { success: true, timestamp }],
    ["no timestamp", { tool: "a", success: true }],
    ["an array", [success]],
    ["null", null],
  ])("refuses %s", (_, event) => {
    expect(Check(EventSchema, event)).toBe(false);
  });
});

describe("batch", () => {
  const batch = { batchId: "0198c0de-0000-7000-8000-000000000001", events: [success] };

  test.each([
    batch,
    {
      ...batch,
      sdk: { name: "@org/mcp-analytics-client", version: "0.1.0" },
      server: { name: "weather-mcp", version: "1.0.0-rc.1+build" },
      client: "claude-code",
      dropped: { expired: 3 },
    },
  ])("accepts %j", (body) => {
    expect(Check(BatchSchema, body)).toBe(true);
  });

  test.each([
    ["no events", { ...batch, events: [] }],
    ["101 events", { ...batch, events: Array(101).fill(success) }],
    ["a random UUID (version 4)", { ...batch, batchId: "0198c0de-0000-4000-8000-000000000001" }],
    ["an upper-case UUID", { ...batch, batchId: batch.batchId.toUpperCase() }],
    ["a client outside the list", { ...batch, client: "my-laptop" }],
    ["a drop reason outside the list", { ...batch, dropped: { alice: 1 } }],
    ["a drop count of zero", { ...batch, dropped: { expired: 0 } }],
    ["a path as server name", { ...batch, server: { name: "/home/alice", version: "1" } }],
    ["a server without version", { ...batch, server: { name: "weather" } }],
  ])("refuses %s", (_, body) => {
    expect(Check(BatchSchema, body)).toBe(false);
  });
});
