import { describe, expect, test, vi } from "vitest";
import { composeAnalytics, createAnalytics } from "../src/analytics.ts";
import { instrument } from "../src/instrument/instrument.ts";
import { createHarness } from "./support/harness.ts";
import { API_KEY, ON } from "./support/keys.ts";

function fail(): never {
  throw new Error("not to be seen");
}

describe("calls reported by hand", () => {
  test("are delivered", async () => {
    const { analytics, events } = createHarness();
    analytics.trackSuccess("a");
    analytics.trackFailure("b", "TIMEOUT");
    analytics.trackEvent({ toolName: "c", success: false });
    analytics.trackEvent({ toolName: "d", success: true, errorType: "TIMEOUT", durationMs: 4 });
    expect(await events()).toEqual([
      { tool: "a", success: true, timestamp: expect.any(Number) },
      { tool: "b", success: false, errorType: "TIMEOUT", timestamp: expect.any(Number) },
      { tool: "c", success: false, errorType: "UNKNOWN", timestamp: expect.any(Number) },
      { tool: "d", success: true, timestamp: expect.any(Number) },
    ]);
  });

  test.each([
    ["a message", "Request to https://api.example/?token=abc failed"],
    ["an undeclared code", "MY_OWN"],
    ["nothing", ""],
    ["no string", 42 as never],
  ])("%s as error type is UNKNOWN", async (_name, errorType) => {
    const { analytics, events } = createHarness();
    analytics.trackFailure("a", errorType);
    expect(await events()).toMatchObject([{ errorType: "UNKNOWN" }]);
  });

  test.each([
    ["a sentence", "forecast for 52.5,13.4"],
    ["an address", "bob@example.com"],
    ["nothing", ""],
    ["no string", { toString: () => "x" } as never],
  ])("%s as tool name is not sent", async (_name, toolName) => {
    const { analytics, events } = createHarness();
    analytics.trackSuccess(toolName);
    expect(await events()).toMatchObject([{ tool: "__unknown__" }]);
  });

  test("a long name is cut to fifty characters", async () => {
    const { analytics, events } = createHarness();
    analytics.trackSuccess("t".repeat(51));
    expect(await events()).toMatchObject([{ tool: "t".repeat(50) }]);
  });

  test.each([
    ["undefined", undefined],
    ["null", null],
    ["a number", 7],
    ["an array", []],
    ["an object that throws", Object.defineProperty({}, "toolName", { get: () => fail() })],
  ])("%s instead of an event throws nothing", (_name, event) => {
    const { analytics } = createHarness();
    expect(() => analytics.trackEvent(event as never)).not.toThrow();
  });
});

describe("off", () => {
  test.each([
    ["no key", { ANALYTICS_API_KEY: undefined }],
    ["DO_NOT_TRACK", { DO_NOT_TRACK: "1" }],
    ["a malformed key", { ANALYTICS_API_KEY: "x" }],
  ])("with %s nothing is made, asked or sent", async (_name, env) => {
    const { analytics, clock, transport } = createHarness(env);
    const listeners = process.eventNames().map((name) => [name, process.listenerCount(name)]);
    analytics.trackSuccess("a");
    await analytics.flush();
    await analytics.close();
    expect(analytics.enabled).toBe(false);
    expect(clock.pending).toBe(0);
    expect(transport.sent).toHaveLength(0);
    expect(process.eventNames().map((name) => [name, process.listenerCount(name)])).toEqual(listeners);
  });

  test("no transport is opened, no time is asked and no id is made", () => {
    const touched = (): never => fail();
    const runtime = {
      clock: { now: touched, after: touched },
      random: touched,
      notice: touched,
      openTransport: touched,
    };
    const random = vi.spyOn(crypto, "randomUUID");
    const analytics = composeAnalytics({ env: { ...ON, CI: "1" } }, runtime);
    instrument({}, analytics);
    analytics.trackSuccess("a");
    expect(analytics.reason).toBe("ci");
    expect(random).not.toHaveBeenCalled();
    random.mockRestore();
  });

  test.each([
    ["bad-key", { ANALYTICS_API_KEY: "hidden-of-mine" }],
    ["bad-endpoint", { ANALYTICS_ENDPOINT: "http://hidden.example/v1/events" }],
    ["no-endpoint", { ANALYTICS_ENDPOINT: undefined }],
    ["bad-secret", { ANALYTICS_SIGNING_SECRET: "hidden-of-mine" }],
  ])("%s is said in one line that repeats no value", (reason, env) => {
    const { notices } = createHarness(env);
    expect(notices).toEqual([expect.stringContaining(reason)]);
    expect(notices[0]).not.toContain("hidden");
  });

  test.each([
    ["no key", { ANALYTICS_API_KEY: undefined }],
    ["a refusal", { ANALYTICS_ENABLED: "false" }],
    ["CI", { CI: "true" }],
  ])("%s is not worth a line", (_name, env) => {
    expect(createHarness(env).notices).toEqual([]);
  });
});

test("debug prints every payload to stderr and sends nothing", async () => {
  const written: string[] = [];
  const write = vi.spyOn(console, "error").mockImplementation((text) => {
    written.push(text);
  });
  const analytics = createAnalytics({ env: { ...ON, ANALYTICS_DEBUG: "1" } });
  expect([analytics.enabled, analytics.reason]).toEqual([true, "debug"]);
  analytics.trackSuccess("shown");
  await analytics.flush();
  write.mockRestore();
  expect(written).toHaveLength(1);
  expect(written[0]).toMatch(/^\[mcp-analytics\] not sent: \{.*"tool":"shown".*\}$/);
  expect(written[0]).not.toContain(API_KEY);
});
