import { afterEach, beforeEach, expect, test } from "vitest";
import { OverloadedError, StorageUnavailableError } from "../../src/storage/errors.ts";
import type { TestKey } from "./memory-storage.ts";
import { expectProblem } from "./problems.ts";
import { startTestCollector, type TestCollector } from "./test-collector.ts";

let collector: TestCollector;
let free: TestKey;
beforeEach(async () => {
  collector = await startTestCollector();
  free = collector.keyStore.add({ tier: "free" });
});
afterEach(() => collector.close());

const send = (body: unknown = collector.event(), { apiKey }: TestKey = free) =>
  collector.sendEvent(body, { "x-api-key": apiKey });
const sendBatch = (count: number, id: string) =>
  collector.sendBatch(
    { batchId: `01234567-0123-7123-8123-${id.padStart(12, "0")}`, events: Array(count).fill(collector.event()) },
    { "x-api-key": free.apiKey },
  );

test("ten at once get in, the eleventh is told the limit and when to come back", async () => {
  for (let left = 9; left >= 0; left--) {
    const response = await send();
    expect(response.status).toBe(201);
    expect(response.headers.get("ratelimit")).toBe(`"burst";r=${left};t=40`);
  }
  const refused = await send();
  expect(refused.headers.get("retry-after")).toBe("40");
  expect(refused.headers.get("ratelimit")).toBe('"burst";r=0;t=40');
  const answer = await expectProblem(refused, "rate-limited");
  expect(answer).toMatchObject({ error: "Rate limit exceeded", limit: 10, resetAt: collector.clock.now() + 40_000 });
  expect(collector.writer.events).toHaveLength(10);
});

test("who waits as long as Retry-After says gets in; a second earlier not", async () => {
  for (let i = 0; i < 10; i++) await send();
  const seconds = Number((await send()).headers.get("retry-after"));
  collector.clock.advance((seconds - 1) * 1000);
  expect((await send()).status).toBe(429);
  collector.clock.advance(1000);
  expect((await send()).status).toBe(201);
});

test("who waits for midnight is told to come back some time after it, not all at once", async () => {
  const waits = new Set<number>();
  for (let i = 0; i < 20; i++) {
    const spent = collector.keyStore.add({ tier: "free", rateLimitPerDay: 1 });
    expect((await send(collector.event(), spent)).status).toBe(201);
    const refused = await send(collector.event(), spent);
    const { resetAt } = await expectProblem(refused, "rate-limited");
    const lateSeconds = Number(refused.headers.get("retry-after")) - (Number(resetAt) - collector.clock.now()) / 1000;
    expect(lateSeconds).toBeGreaterThanOrEqual(0);
    expect(lateSeconds).toBeLessThanOrEqual(301);
    waits.add(lateSeconds);
  }
  expect(waits.size).toBeGreaterThan(5);
});

test("the policy of the tier stands on the answer", async () => {
  expect((await send()).headers.get("ratelimit-policy")).toBe(
    '"burst";q=10;w=400, "hour";q=100;w=3600, "day";q=1000;w=86400, "events";q=10000;w=86400;qu="events"',
  );
});

test("a limit set for the key overrides the requests a day of its tier", async () => {
  const tight = collector.keyStore.add({ tier: "free", rateLimitPerDay: 3 });
  const statuses = [];
  for (let i = 0; i < 5; i++) statuses.push((await send(collector.event(), tight)).status);
  expect(statuses).toEqual([201, 201, 201, 429, 429]);
});

test("a key that is rotated has what the old one left, and a second key its own", async () => {
  for (let i = 0; i < 9; i++) await send();
  const rotated = collector.keyStore.add(free.record);
  const second = collector.keyStore.add({ ...free.record, keyId: free.record.keyId + 100 });
  const statuses = [];
  for (const key of [rotated, rotated, free, second]) statuses.push((await send(collector.event(), key)).status);
  expect(statuses).toEqual([201, 429, 429, 201]);
});

test("a request that is refused for its body costs a request and no event", async () => {
  const tight = collector.keyStore.add({ tier: "free", rateLimitPerDay: 2 });
  await expectProblem(await send({}, tight), "invalid-event");
  await expectProblem(await send("{", tight), "malformed-json");
  expect((await send(collector.event(), tight)).status).toBe(429);
});

test("the events of a day end at their limit; a refused batch costs neither events nor a request", async () => {
  let sent = 0;
  // A batch a minute is within the limits of requests; 99 batches of 100 and one of 97 leave room for 3.
  for (let i = 0; i < 100; i++) {
    const count = i === 0 ? 97 : 100;
    const response = await sendBatch(count, String(i));
    expect(response.status).toBe(201);
    sent += count;
    collector.clock.advance(60_000);
  }
  expect(sent).toBe(9_997);
  const refused = await sendBatch(4, "aaaa");
  expect(refused.headers.get("ratelimit")).toMatch(/^"events";r=0;t=\d+$/);
  expect(await expectProblem(refused, "rate-limited")).toMatchObject({ limit: 10_000 });
  expect((await send()).headers.get("ratelimit")).toMatch(/^"events";r=2;/);
  await expectProblem(await send({}), "invalid-event");
  expect((await sendBatch(2, "bbbb")).status).toBe(201);
  expect((await send()).status).toBe(429);
});

test("what cannot be stored is answered 503 with Retry-After and costs nothing", async () => {
  for (const [failure, code] of [
    [new StorageUnavailableError("57P01"), "storage-unavailable"],
    [new OverloadedError(), "overloaded"],
  ] as const) {
    collector.writer.failure = failure;
    for (let i = 0; i < 30; i++) {
      const response = i % 2 === 0 ? await send() : await sendBatch(50, String(i));
      const seconds = Number(response.headers.get("retry-after"));
      expect(seconds).toBeGreaterThanOrEqual(1);
      expect(seconds).toBeLessThanOrEqual(5);
      await expectProblem(response, code);
    }
  }
  collector.writer.failure = undefined;
  expect((await send()).headers.get("ratelimit")).toBe('"burst";r=9;t=40');
});

test("an unexpected failure is a plain 500 that says nothing", async () => {
  collector.writer.failure = new TypeError("secret of the machine");
  const response = await send();
  expect(await response.clone().text()).not.toContain("secret");
  await expectProblem(response, "internal");
  collector.writer.failure = undefined;
  expect((await send()).headers.get("ratelimit")).toBe('"burst";r=9;t=40');
});

test("unsigned requests to a key that asks for signatures cost its owner nothing", async () => {
  const signedOnly = collector.keyStore.add({ tier: "free", requireSignature: true, rateLimitPerDay: 1 });
  for (let i = 0; i < 5; i++) await expectProblem(await send(collector.event(), signedOnly), "signature-required");
});
