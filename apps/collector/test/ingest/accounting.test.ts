import { PROBLEMS } from "@org/mcp-analytics-schema";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { BucketStore, Charge } from "../../src/limits/bucket-store.ts";
import { createInProcessBucketStore } from "../../src/limits/in-process-bucket-store.ts";
import { OverloadedError, StorageUnavailableError } from "../../src/storage/errors.ts";
import { expectProblem } from "./problems.ts";
import { RawConnection, requestText } from "./raw-http.ts";
import { startTestCollector, type TestCollector } from "./test-collector.ts";

/** What the keys were charged in all: requests and events. */
let charged: { requests: number; events: number };
let collector: TestCollector;

function charging(store: BucketStore): BucketStore {
  const add = ({ partition, terms }: Charge, sign: 1 | -1) => {
    if (!partition.startsWith("k:")) return;
    charged.requests += sign * terms.cost;
    charged.events += sign * (terms.windows[1]?.cost ?? 0);
  };
  return {
    async take(charge) {
      const taken = await store.take(charge);
      if (taken.allowed) add(charge, 1);
      return taken;
    },
    async refund(charge, grant) {
      add(charge, -1);
      await store.refund(charge, grant);
    },
    close: () => store.close(),
  };
}

beforeEach(async () => {
  charged = { requests: 0, events: 0 };
  const buckets = charging(createInProcessBucketStore({ now: () => Date.UTC(2026, 10, 22, 12) }));
  collector = await startTestCollector({ deps: { buckets } });
});
afterEach(() => collector.close());

const id = (n: number) => `01234567-0123-7123-8123-${String(n).padStart(12, "0")}`;

/** Sends one request of each kind; returns how many requests and understood events that were. */
async function sendOfEachKind(): Promise<{ requests: number; events: number }> {
  const { event, sendEvent, sendBatch, key } = collector;
  const { record } = key;
  const signature = { "x-timestamp": String(collector.clock.now()), "x-signature": "0".repeat(64) };
  const disabled = collector.keyStore.add({ ...record, keyId: 50, status: "disabled" });
  const spent = collector.keyStore.add({ ...record, keyId: 51, rateLimitPerDay: 0 });
  const few = collector.keyStore.add({ ...record, keyId: 52, tier: "free" });
  let requests = 0;
  let events = 0;
  const send = async (understood: number, answer: Promise<Response>) => {
    await (await answer).arrayBuffer();
    requests++;
    events += understood;
  };
  await send(1, sendEvent(event()));
  await send(1, sendEvent(event({ tool: "a b" })));
  await send(1, sendEvent("[]"));
  await send(0, sendEvent("{"));
  await send(0, sendEvent(event(), signature));
  await send(0, sendEvent(event(), { "x-api-key": "x" }));
  await send(0, sendEvent(event(), { "x-api-key": disabled.apiKey }));
  await send(0, sendEvent(event(), { "x-api-key": spent.apiKey }));
  await send(0, sendEvent(event(), { "content-type": "text/plain" }));
  await send(0, sendEvent(" ".repeat(2000)));
  await send(3, sendBatch({ batchId: id(1), events: [event(), event(), {}] }));
  await send(3, sendBatch({ batchId: id(1), events: [event(), event(), {}] }));
  await send(2, sendBatch({ batchId: id(2), events: [{}, 1] }));
  await send(0, sendBatch({ batchId: id(3), events: Array(101).fill(event()) }));
  await send(0, sendBatch({ batchId: "x", events: [event()] }));
  for (let i = 0; i < 11; i++) {
    await send(
      i < 10 ? 100 : 0,
      sendBatch({ batchId: id(100 + i), events: Array(100).fill(event()) }, { "x-api-key": few.apiKey }),
    );
  }
  for (const failure of [new StorageUnavailableError("57P01"), new OverloadedError(), new Error("x")]) {
    collector.writer.failure = failure;
    await send(1, sendEvent(event()));
    await send(2, sendBatch({ batchId: id(4), events: [event(), event()] }));
  }
  collector.writer.failure = undefined;
  return { requests, events };
}

const sum = (counts: Record<string, number>) => Object.values(counts).reduce((total, count) => total + count, 0);

test("every request and every understood event has exactly one outcome", async () => {
  const sent = await sendOfEachKind();
  const { outcomes } = collector.metrics;
  expect(sum(outcomes.requests)).toBe(sent.requests);
  expect(sum(outcomes.events)).toBe(sent.events);
  expect(outcomes.events.accepted).toBe(collector.writer.events.length);
  expect(outcomes.events).toMatchObject({
    accepted: 1 + 2 + 1000,
    duplicate: 2,
    invalid_tool: 1,
    not_an_object: 2,
    missing_field: 3,
    storage_unavailable: 3,
    overloaded: 3,
    internal: 3,
  });
  expect(outcomes.requests).toMatchObject({ stored: 12, duplicate: 1, "invalid-signature": 1, "rate-limited": 2 });
});

test("keys are charged one event for each event stored, and no request that could not be served", async () => {
  await sendOfEachKind();
  const { requests } = collector.metrics.outcomes;
  expect(charged.events).toBe(collector.writer.events.length);
  // Admitted by the limits of the key, and answered for a reason that lies in the request.
  const served = requests.stored + requests.duplicate + requests["invalid-event"] + requests["no-valid-event"];
  const refused = requests["malformed-json"] + requests["invalid-signature"] + requests["too-many-events"];
  expect(charged.requests).toBe(served + refused);
});

test("what the database refuses is neither answered nor counted nor charged as accepted", async () => {
  const { event, sendEvent, sendBatch, writer } = collector;
  const { outcomes } = collector.metrics;
  writer.refuses = ({ tool }) => tool === "refused";
  const refused = event({ tool: "refused" });
  const some = { batchId: id(1), events: [event(), refused, refused, event()] };
  const first = await sendBatch(some);
  expect([first.status, await first.json()]).toEqual([201, { success: true, accepted: 2, rejected: [] }]);
  const again = await sendBatch(some);
  expect(await again.json()).toEqual({ success: true, accepted: 2, rejected: [], duplicate: true });
  expect(outcomes.events).toMatchObject({ accepted: 2, internal: 2, duplicate: 4 });
  await expectProblem(await sendBatch({ batchId: id(2), events: [refused, refused] }), "internal");
  await expectProblem(await sendEvent(refused), "internal");
  expect(outcomes.events).toMatchObject({ accepted: 2, internal: 5 });
  expect(outcomes.requests).toMatchObject({ stored: 1, duplicate: 1, internal: 2 });
  expect(charged).toEqual({ requests: 2, events: 2 });
});

test("a request whose client goes away is counted once, as aborted", async () => {
  const connection = new RawConnection(collector.port);
  connection.send(
    requestText("POST", "/v1/events", [
      ["Content-Type", "application/json"],
      ["X-API-Key", collector.key.apiKey],
      ["Content-Length", "100"],
    ]),
  );
  connection.send('{"tool":');
  await expect.poll(() => charged.requests).toBe(1);
  connection.end();
  await expect.poll(() => sum(collector.metrics.outcomes.requests)).toBe(1);
  expect(collector.metrics.outcomes.requests.aborted).toBe(1);
  await expect.poll(() => charged.events).toBe(0);
});

test("a client that goes away while its key is charged is counted once, and pays for no event", async () => {
  await collector.close();
  let open = () => {};
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  const store = charging(createInProcessBucketStore({ now: () => Date.UTC(2026, 10, 22, 12) }));
  let waiting = 0;
  const take = async (charge: Charge) => {
    if (charge.partition.startsWith("k:")) {
      waiting++;
      await gate;
    }
    return store.take(charge);
  };
  collector = await startTestCollector({ deps: { buckets: { ...store, take } } });
  let gone = 0;
  collector.app.server.on("connection", (socket) => socket.on("close", () => gone++));
  const connection = new RawConnection(collector.port);
  connection.send(
    requestText("POST", "/v1/events", [
      ["Content-Type", "application/json"],
      ["X-API-Key", collector.key.apiKey],
      ["Content-Length", "100"],
    ]),
  );
  await expect.poll(() => waiting).toBe(1);
  connection.end();
  await expect.poll(() => gone).toBe(1);
  open();
  await expect.poll(() => collector.metrics.outcomes.requests.aborted).toBe(1);
  await expect.poll(() => charged).toEqual({ requests: 1, events: 0 });
});

test("the outcomes of requests are a closed set: the codes of problems and three more", () => {
  const names = Object.keys(collector.metrics.outcomes.requests);
  expect(names.sort()).toEqual([...Object.keys(PROBLEMS), "aborted", "duplicate", "stored"].sort());
});
