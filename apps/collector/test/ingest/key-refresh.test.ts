import { afterEach, beforeEach, expect, test } from "vitest";
import { expectProblem } from "./problems.ts";
import { startTestCollector, type TestCollector } from "./test-collector.ts";

let collector: TestCollector;
beforeEach(async () => {
  collector = await startTestCollector();
  expect(await status()).toBe(201);
});
afterEach(() => collector.close());

const status = async () => (await collector.sendEvent(collector.event())).status;

test("requests go on while their key is looked up again, and share that lookup", async () => {
  let open = () => {};
  collector.keyStore.gate = new Promise((resolve) => {
    open = resolve;
  });
  collector.clock.advance(8_001);
  const statuses = await Promise.all(Array.from({ length: 20 }, status));
  expect(new Set(statuses)).toEqual(new Set([201]));
  expect(collector.keyStore.lookups).toBe(2);
  open();
  collector.clock.advance(1_999);
  expect(await status()).toBe(201);
  expect(collector.keyStore.lookups).toBe(2);
});

test("keys that cannot be looked up again keep their requests for 10 s, and no longer", async () => {
  collector.keyStore.available = false;
  collector.clock.advance(8_001);
  expect(await status()).toBe(201);
  collector.clock.advance(1_998);
  expect(await status()).toBe(201);
  collector.clock.advance(1);
  await expectProblem(await collector.sendEvent(collector.event()), "storage-unavailable");
  collector.keyStore.available = true;
  expect(await status()).toBe(201);
});

test.each([
  ["disabled", 403],
  ["removed", 401],
] as const)("a key that is %s while it is in use stops within 10 s", async (how, refused) => {
  if (how === "disabled") collector.keyStore.change(collector.key, { status: "disabled" });
  else collector.keyStore.remove(collector.key);
  for (let second = 1; second <= 9; second++) {
    collector.clock.advance(1_000);
    expect([201, refused]).toContain(await status());
  }
  collector.clock.advance(1_000);
  expect(await status()).toBe(refused);
});
