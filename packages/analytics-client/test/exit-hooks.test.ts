import { expect, test } from "vitest";
import { createHarness } from "./support/harness.ts";

const count = (): number[] => ["beforeExit", "SIGTERM", "SIGINT"].map((name) => process.listenerCount(name));

test("while nothing waits, the process has no listener of ours", async () => {
  const before = count();
  const { analytics, events } = createHarness();
  expect(count()).toEqual(before);
  analytics.trackSuccess("a");
  expect(count()).toEqual(before.map((n) => n + 1));
  await events();
  expect(count()).toEqual(before);
});

test("any number of clients share one listener each", async () => {
  const before = count();
  const harnesses = Array.from({ length: 20 }, () => createHarness());
  for (const { analytics } of harnesses) analytics.trackSuccess("a");
  expect(count()).toEqual(before.map((n) => n + 1));
  for (const { events } of harnesses) await events();
  expect(count()).toEqual(before);
});

test("the end of the process flushes once, however often Node announces it", async () => {
  const { analytics, transport, clock } = createHarness();
  transport.react = () => new Error("ECONNREFUSED");
  analytics.trackSuccess("a");
  for (let i = 0; i < 5; i++) {
    process.emit("beforeExit", 0);
    await clock.advance(2_000);
  }
  expect(transport.sent.length).toBeLessThanOrEqual(5);
  await analytics.close();
});
