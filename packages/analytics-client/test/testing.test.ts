import { expect, test } from "vitest";
import { instrument } from "../src/instrument/instrument.ts";
import { createTestAnalytics } from "../src/testing.ts";
import { SDKS } from "./support/sdks.ts";
import { connect } from "./support/wire.ts";

test("records what a server's calls would send", async () => {
  const analytics = createTestAnalytics({ errorTypes: ["NO_STATION"], categorizeError: () => "NO_STATION" });
  const sdk = SDKS.at(-1);
  if (!sdk) throw new Error("no SDK");
  const server = instrument(sdk.newServer(), analytics);
  sdk.register(server, "works", { run: () => ({ content: [] }) });
  sdk.register(server, "fails", {
    run: () => {
      throw new Error("x");
    },
  });
  const wire = await connect(server);
  await wire.call("works");
  await wire.call("fails");
  expect(analytics.events).toEqual([
    { tool: "works", success: true, timestamp: expect.any(Number) },
    { tool: "fails", success: false, errorType: "NO_STATION", timestamp: expect.any(Number) },
  ]);
  analytics.clear();
  expect(analytics.events).toEqual([]);
});

test("level standard records durations", () => {
  const analytics = createTestAnalytics({ level: "standard" });
  analytics.trackEvent({ toolName: "a", success: true, durationMs: 3 });
  expect(analytics.events[0]?.durationMs).toBe(5);
  expect(analytics.level).toBe("standard");
});

test("is on whatever the environment says, and records nothing once closed", async () => {
  const analytics = createTestAnalytics();
  expect(analytics.enabled).toBe(true);
  analytics.trackSuccess("a");
  await analytics.flush();
  await analytics.close();
  analytics.trackSuccess("b");
  expect(analytics.events.map(({ tool }) => tool)).toEqual(["a"]);
});
