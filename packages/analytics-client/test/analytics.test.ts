import { expect, test } from "vitest";
import { createHarness } from "./support/harness.ts";

test("calls reported by hand are delivered", async () => {
  const { analytics, events } = createHarness();
  analytics.trackSuccess("a");
  analytics.trackFailure("b", "TIMEOUT");
  expect(await events()).toMatchObject([
    { tool: "a", success: true },
    { tool: "b", success: false, errorType: "TIMEOUT" },
  ]);
});
