import { afterEach, describe, expect, test } from "vitest";
import type { BucketStore } from "../../src/limits/bucket-store.ts";
import { createInProcessBucketStore } from "../../src/limits/in-process-bucket-store.ts";
import { expectProblem } from "../ingest/problems.ts";
import {
  type Headers,
  startTestCollector,
  type TestCollector,
  type TestCollectorOptions,
} from "../ingest/test-collector.ts";

let collector: TestCollector;
afterEach(() => collector.close());

async function start(options: TestCollectorOptions["config"] = {}, deps: TestCollectorOptions["deps"] = {}) {
  collector = await startTestCollector({ config: { ipLimitRequests: 3, ipLimitWindowSeconds: 900, ...options }, deps });
}
const send = (headers: Headers = {}) => collector.sendEvent(collector.event(), headers);
const statuses = async (sent: readonly Promise<Response>[]) => (await Promise.all(sent)).map(({ status }) => status);

describe("the limit of an address", () => {
  test("holds whatever key is sent, and says when to come back", async () => {
    await start();
    for (let i = 0; i < 3; i++) expect((await send()).status).toBe(201);
    const refused = await send({ "x-api-key": "x" });
    expect(refused.headers.get("retry-after")).toBe("300");
    expect(refused.headers.get("ratelimit")).toBeNull();
    const answer = await expectProblem(refused, "rate-limited");
    expect(answer).toMatchObject({ limit: 3, resetAt: collector.clock.now() + 300_000 });
    expect(collector.writer.events).toHaveLength(3);
    collector.clock.advance(300_000);
    expect((await send()).status).toBe(201);
  });

  test("counts requests for what does not exist", async () => {
    await start();
    const scan = (path: string, method = "GET") => fetch(collector.url + path, { method });
    expect(await statuses([scan("/a"), scan("/b"), scan("/v1/events")])).toEqual([404, 404, 405]);
    expect((await scan("/c")).status).toBe(429);
    expect((await send()).status).toBe(429);
  });

  test("is spread over the window, so a whole window never sees twice of it", async () => {
    await start({ ipLimitRequests: 100 });
    let taken = 0;
    for (let minute = 0; minute < 15; minute++) {
      while ((await send()).status === 201) taken++;
      collector.clock.advance(60_000);
    }
    expect(taken).toBeGreaterThanOrEqual(100);
    expect(taken).toBeLessThan(200);
  });

  test.each(["x-forwarded-for", "x-real-ip", "forwarded", "cf-connecting-ip", "true-client-ip", "x-client-ip"])(
    "cannot be escaped with %s",
    async (name) => {
      await start();
      const sent = Array.from({ length: 6 }, (_unused, i) => send({ [name]: `198.51.100.${i}` }));
      expect((await statuses(sent)).filter((status) => status === 201)).toHaveLength(3);
    },
  );
});

describe("behind a proxy that is trusted", () => {
  const from = (address: string) => send({ "x-forwarded-for": address });

  test("each client has a limit of its own", async () => {
    await start({ trustProxy: ["127.0.0.0/8"] });
    for (let i = 0; i < 9; i++) expect((await from(`198.51.100.${i % 3}`)).status).toBe(201);
    for (let i = 0; i < 3; i++) expect((await from(`198.51.100.${i}`)).status).toBe(429);
    expect((await from("::ffff:198.51.100.1")).status).toBe(429);
    expect((await from("2001:db8::1")).status).toBe(201);
  });

  test("a /56 of IPv6 has ten times the limit of one of its networks, not 256 times", async () => {
    await start({ trustProxy: ["127.0.0.0/8"] });
    const answers = await statuses(
      Array.from({ length: 64 }, (_unused, i) => from(`2001:db8:1:${(0xab00 + i).toString(16)}::1`)),
    );
    expect(answers.filter((status) => status === 201)).toHaveLength(30);
    expect((await from("2001:db8:2::1")).status).toBe(201);
  });

  test("an address with a port is the client that it names", async () => {
    await start({ trustProxy: ["127.0.0.0/8"] });
    for (let i = 0; i < 3; i++) expect((await from(`198.51.100.7:${5_000 + i}`)).status).toBe(201);
    expect((await from("198.51.100.7")).status).toBe(429);
    expect((await from("[2001:db8::1]:5000")).status).toBe(201);
  });

  test("only the address that the proxy added counts, not what the client wrote before it", async () => {
    await start({ trustProxy: ["127.0.0.0/8"] });
    for (let i = 0; i < 3; i++) expect((await from(`203.0.113.${i}, 198.51.100.7`)).status).toBe(201);
    expect((await from("203.0.113.77, 198.51.100.7")).status).toBe(429);
  });

  test("an address that is none counts as the proxy", async () => {
    await start({ trustProxy: ["127.0.0.1"] });
    const odd = ['"; drop', "198.51.100.7:x", "unknown", "999.1.1.1"];
    const answers = [];
    for (const address of odd) answers.push((await from(address)).status);
    expect(answers).toEqual([201, 201, 201, 429]);
  });
});

test("no address stands in the name of any bucket", async () => {
  const partitions = new Set<string>();
  const store = createInProcessBucketStore({ now: Date.now });
  const buckets: BucketStore = {
    ...store,
    take(charge) {
      partitions.add(charge.partition);
      return store.take(charge);
    },
  };
  await start({ ipLimitRequests: 100 }, { buckets });
  await send();
  await send({ "x-api-key": `wmc_${"0".repeat(64)}` });
  expect(partitions.size).toBe(3);
  for (const partition of partitions) expect(partition).toMatch(/^(?:[iu]:[0-9a-f]{32}|k:\d+\.\d+)$/);
});
