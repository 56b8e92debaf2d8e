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

test("an attempt that is under way when the end of the process has waited long enough is broken off", async () => {
  const { analytics, transport, clock } = createHarness();
  transport.react = () => "hang";
  analytics.trackSuccess("a");
  process.emit("beforeExit", 0);
  await clock.advance(1_399);
  expect([transport.sent.length, transport.closed]).toEqual([1, false]);
  await clock.advance(1);
  await clock.settle();
  expect([transport.sent.length, transport.closed]).toEqual([1, true]);
  const closing = analytics.close();
  await clock.advance(1_500);
  await closing;
});

test("the end of the process is held up once, however often Node announces it", async () => {
  const { analytics, transport, clock } = createHarness();
  transport.react = () => "hang";
  analytics.trackSuccess("a");
  process.emit("beforeExit", 0);
  const held = clock.pending;
  await clock.advance(1_400);
  expect(clock.pending).toBe(held - 1);
  for (let i = 0; i < 5; i++) process.emit("beforeExit", 0);
  expect(clock.pending).toBe(held - 1);
  const closing = analytics.close();
  await clock.advance(1_500);
  await closing;
});
