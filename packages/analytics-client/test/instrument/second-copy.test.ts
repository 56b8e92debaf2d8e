import { expect, test, vi } from "vitest";
import { createHarness } from "../support/harness.ts";
import { SDKS } from "../support/sdks.ts";
import { connect } from "../support/wire.ts";

test.each(SDKS)("$name: two copies of this package in one process count a call once", async (sdk) => {
  const first = await import("../../src/instrument/instrument.ts");
  vi.resetModules();
  const second = await import("../../src/instrument/instrument.ts");
  expect(second.instrument).not.toBe(first.instrument);
  const one = createHarness();
  const two = createHarness();
  const server = sdk.newServer();
  first.instrument(server, one.analytics);
  second.instrument(server, two.analytics);
  sdk.register(server, "plain", { run: () => ({ content: [] }) });
  await (await connect(server)).call("plain");
  expect([...(await one.events()), ...(await two.events())]).toHaveLength(1);
});
