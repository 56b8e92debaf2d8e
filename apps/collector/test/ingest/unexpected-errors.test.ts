import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createInProcessBucketStore } from "../../src/limits/in-process-bucket-store.ts";
import { createLogger } from "../../src/logger.ts";
import { OverloadedError, StorageUnavailableError } from "../../src/storage/errors.ts";
import { RawConnection, requestText } from "../ingest/raw-http.ts";
import { startTestCollector, type TestCollector } from "../ingest/test-collector.ts";
import { SimulatedClock } from "../limits/simulated-clock.ts";

const BATCH_ID = "01234567-0123-7123-8123-000000000001";

type Fault = () => never | Promise<never>;
const unexpected = () => new Error("canary of the error");
const throwing = (thrown: unknown): Fault => {
  return () => {
    throw thrown;
  };
};

/** Ways to fail, and the problem that stands for each. */
const FAULTS: readonly (readonly [string, Fault, number, string])[] = [
  ["rejects with an error", () => Promise.reject(unexpected()), 500, "internal"],
  ["rejects with undefined", () => Promise.reject(undefined), 500, "internal"],
  ["throws an error at once", () => throwing(unexpected())(), 500, "internal"],
  ["throws undefined at once", throwing(undefined), 500, "internal"],
  [
    "rejects since storage is out",
    () => Promise.reject(new StorageUnavailableError("57P01")),
    503,
    "storage-unavailable",
  ],
  ["throws at once since storage is out", throwing(new StorageUnavailableError("57P01")), 503, "storage-unavailable"],
  ["rejects since too much is waiting", () => Promise.reject(new OverloadedError()), 503, "overloaded"],
];
const PLACES = ["key store", "writer", "limiter of keys", "limiter of further events", "limiter of addresses"] as const;

let collector: TestCollector;
let broken: (typeof PLACES)[number] | undefined;
let fault: Fault;
let lines: string[];
let escaped: unknown[];
const onEscaped = (error: unknown) => escaped.push(error);

beforeEach(async () => {
  lines = [];
  escaped = [];
  broken = undefined;
  process.on("unhandledRejection", onEscaped).on("uncaughtException", onEscaped);
  const logger = createLogger({ logLevel: "info" }, { write: (line: string) => void lines.push(line) });
  const store = createInProcessBucketStore({ now: new SimulatedClock().now });
  const take: typeof store.take = (charge) => {
    const isKey = charge.partition.startsWith("k:");
    const place = isKey
      ? charge.terms.cost > 0
        ? "limiter of keys"
        : "limiter of further events"
      : "limiter of addresses";
    return place === broken ? fault() : store.take(charge);
  };
  collector = await startTestCollector({ deps: { logger, buckets: { ...store, take } } });
  const { keyStore, writer } = collector;
  const findByHash = keyStore.findByHash.bind(keyStore);
  keyStore.findByHash = (keyHash) => (broken === "key store" ? fault() : findByHash(keyHash));
  const write = writer.write.bind(writer);
  writer.write = (delivery) => (broken === "writer" ? fault() : write(delivery));
});
afterEach(async () => {
  await collector.close();
  process.off("unhandledRejection", onEscaped).off("uncaughtException", onEscaped);
});

const sum = (counts: Record<string, number>) => Object.values(counts).reduce((total, count) => total + count, 0);
const failures = () => lines.filter((line) => !line.includes("Server listening"));

function post(path: string, body: unknown, extra: readonly (readonly [string, string])[] = []): string {
  const text = JSON.stringify(body);
  const headers = [
    ["Content-Type", "application/json"],
    ["X-API-Key", collector.key.apiKey],
    ["Content-Length", String(text.length)],
  ] as const;
  return requestText("POST", path, [...headers, ...extra], text);
}

/** A request with one event, and with as many as need a second charge. */
const bodyFor = (path: string) =>
  path.endsWith("batch") ? { batchId: BATCH_ID, events: [collector.event(), collector.event()] } : collector.event();

const CASES = ["/v1/events", "/v1/%65vents", "/v1/events/batch"].flatMap((path) =>
  PLACES.filter((place) => path.endsWith("batch") || place !== "limiter of further events").flatMap((place) =>
    FAULTS.map(([how, ...rest]) => [path, place, how, ...rest] as const),
  ),
);

test.each(CASES)(
  "POST %s, while the %s %s, is answered once, counted once, logged without details, and harms no other",
  async (path, place, _how, how, status, code) => {
    fault = how;
    broken = place;
    const connection = new RawConnection(collector.port);
    connection.send(post(path, bodyFor(path)));
    const answer = await connection.answer();
    expect([answer.status, JSON.parse(answer.body)]).toEqual([status, expect.objectContaining({ status, code })]);
    expect(answer.body).not.toContain("canary");
    expect(answer.headers["content-type"]).toBe("application/problem+json; charset=utf-8");
    expect("retry-after" in answer.headers).toBe(status === 503);

    broken = undefined;
    connection.send(post(path, bodyFor(path)));
    // Had the first been answered twice, its second answer would be taken for this one.
    expect((await connection.answer()).status).toBe(201);
    expect(connection.rest).toBe("");
    connection.end();

    const { requests } = collector.metrics.outcomes;
    expect([sum(requests), requests[code as "internal"], requests.stored]).toEqual([2, 1, 1]);
    expect(collector.writer.deliveries).toHaveLength(1);
    expect(failures().filter((line) => line.includes("request failed"))).toHaveLength(status === 500 ? 1 : 0);
    expect(failures()).toHaveLength(status === 500 ? 1 : 0);
    expect(lines.join("")).not.toContain("canary");
    expect(escaped).toEqual([]);
  },
);

describe("an error after the body", () => {
  test("is answered once when the signing secrets cannot be worked out", async () => {
    await collector.close();
    const logger = createLogger({ logLevel: "info" }, { write: (line: string) => void lines.push(line) });
    let failing = true;
    const signingSecretsFor = () => {
      if (failing) throw undefined;
      return [];
    };
    collector = await startTestCollector({ deps: { logger, signingSecretsFor } });
    const signature = [
      ["X-Timestamp", String(collector.clock.now())],
      ["X-Signature", "0".repeat(64)],
    ] as const;
    const connection = new RawConnection(collector.port);
    connection.send(post("/v1/events", collector.event(), signature));
    expect((await connection.answer()).status).toBe(500);
    failing = false;
    connection.send(post("/v1/events", collector.event(), signature));
    expect((await connection.answer()).status).toBe(401);
    connection.end();
    expect(collector.metrics.outcomes.requests).toMatchObject({ internal: 1, "invalid-signature": 1 });
    expect(failures()).toHaveLength(1);
    expect(escaped).toEqual([]);
  });

  test("that comes once the client has gone is counted once and crashes nothing", async () => {
    let fail = () => {};
    const failed = new Promise<never>((_resolve, reject) => {
      fail = () => reject(unexpected());
    });
    let waiting = 0;
    fault = () => {
      waiting++;
      return failed;
    };
    broken = "writer";
    let gone = 0;
    collector.app.server.on("connection", (socket) => socket.on("close", () => gone++));
    const connection = new RawConnection(collector.port);
    connection.send(post("/v1/events", collector.event()));
    await expect.poll(() => waiting).toBe(1);
    connection.end();
    await expect.poll(() => gone).toBe(1);
    fail();
    await expect.poll(() => sum(collector.metrics.outcomes.requests)).toBe(1);
    broken = undefined;
    expect((await collector.sendEvent(collector.event())).status).toBe(201);
    expect(collector.metrics.outcomes.requests).toMatchObject({ internal: 1, stored: 1 });
    expect(collector.metrics.outcomes.events).toMatchObject({ internal: 1, accepted: 1 });
    expect(failures()).toHaveLength(1);
    expect(escaped).toEqual([]);
  });
});
