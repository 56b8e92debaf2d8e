import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { BucketStore, Terms } from "../../src/limits/bucket-store.ts";
import { createInProcessBucketStore } from "../../src/limits/in-process-bucket-store.ts";
import { keyLimits } from "../../src/limits/key-limits.ts";
import { createLogger } from "../../src/logger.ts";
import { StorageUnavailableError } from "../../src/storage/errors.ts";
import { SimulatedClock } from "../limits/simulated-clock.ts";
import type { TestKey } from "./memory-storage.ts";
import { requestText } from "./raw-http.ts";
import { startTestCollector, type TestCollector } from "./test-collector.ts";

const BATCH_ID = "01234567-0123-7123-8123-000000000001";
/** Events that were stored before anybody goes away: what is given back twice would be missed from what they used. */
const BEFORE = 3;
/** What a key of tier `free` may send at once. */
const BURST = 10;

let collector: TestCollector;
let buckets: BucketStore;
/** Nothing is taken ahead for it, so what is left is exact. */
let free: TestKey;
let log: string[];
let connectionsGone: number;
let sockets: Socket[];

beforeEach(async () => {
  log = [];
  connectionsGone = 0;
  sockets = [];
  buckets = createInProcessBucketStore({ now: new SimulatedClock().now });
  const logger = createLogger({ logLevel: "trace" }, { write: (line: string) => void log.push(line) });
  collector = await startTestCollector({ deps: { buckets, logger } });
  free = collector.keyStore.add({ tier: "free" });
  for (let i = 0; i < BEFORE; i++) expect((await sendOne()).status).toBe(201);
  collector.app.server.on("connection", (socket) => socket.on("close", () => connectionsGone++));
});
afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  await collector.close();
});

const sendOne = () => collector.sendEvent(collector.event(), { "x-api-key": free.apiKey });
const sum = (counts: Record<string, number>) => Object.values(counts).reduce((total, count) => total + count, 0);

/** Requests and events that the key has used up, as the store of buckets has it. */
async function used(): Promise<{ requests: number; events: number }> {
  const { request } = keyLimits(free.record);
  const { partition, terms } = request;
  const [bucket] = terms.buckets;
  if (bucket === undefined) throw new Error("a key has a bucket");
  const wide = 1_000_000;
  const windows = terms.windows.map((window) => ({ ...window, limit: wide, cost: 0 }));
  const ask = async (changes: Partial<Terms>) => {
    // Asks and takes nothing; of all its limits the one in question is the tightest.
    const taken = await buckets.take({
      partition,
      terms: { buckets: [{ ...bucket, capacity: wide }], windows, cost: 0, ...changes },
    });
    return taken.allowed ? taken.remaining : Number.NaN;
  };
  const events = windows.map((window) => (window.name === "events" ? { ...window, limit: 1_000 } : window));
  return { requests: BURST - (await ask({ buckets: [bucket] })), events: 1_000 - (await ask({ windows: events })) };
}

type Leave = (socket: Socket) => void;
const WAYS: readonly (readonly [string, Leave])[] = [
  ["goes away", (socket) => socket.destroy()],
  ["breaks the connection", (socket) => socket.resetAndDestroy()],
  ["closes its side only", (socket) => socket.end()],
];

function bodyOf(path: string): string {
  const batch = { batchId: BATCH_ID, events: [collector.event(), collector.event(), collector.event()] };
  return JSON.stringify(path.endsWith("batch") ? batch : collector.event());
}

/** Sends the request and this part of its body, on a connection of its own. */
async function begin(path: string, part: (body: string) => string): Promise<Socket> {
  const socket = connect(collector.port, "127.0.0.1");
  sockets.push(socket);
  // Whatever comes is read, else the end of the connection would not be seen.
  socket.on("error", () => {}).resume();
  await once(socket, "connect");
  const body = bodyOf(path);
  const headers = [
    ["Content-Type", "application/json"],
    ["X-API-Key", free.apiKey],
    ["Content-Length", String(body.length)],
  ] as const;
  socket.write(requestText("POST", path, headers, part(body)));
  return socket;
}

/** Writes that have begun. */
function watchWrites(): () => number {
  const write = vi.spyOn(collector.writer, "write");
  return () => write.mock.calls.length;
}

/** Closes a gate; returns what opens it. */
function close(gated: { gate: Promise<void> | undefined }): () => void {
  let open = () => {};
  gated.gate = new Promise((resolve) => {
    open = resolve;
  });
  return () => {
    gated.gate = undefined;
    open();
  };
}

/** Expects one outcome of the one request more, nothing wrong in the log, and that the next request pays and is told so. */
async function expectOne(
  outcome: "aborted" | "stored" | "storage-unavailable",
  usedNow: { requests: number; events: number },
) {
  const { outcomes } = collector.metrics;
  await expect.poll(() => sum(outcomes.requests)).toBe(BEFORE + 1);
  await expect.poll(() => connectionsGone).toBe(1);
  expect(await used()).toEqual(usedNow);
  const next = await sendOne();
  expect(next.status).toBe(201);
  expect(next.headers.get("ratelimit")).toMatch(new RegExp(`^"burst";r=${BURST - usedNow.requests - 1};`));
  const others = { stored: BEFORE + 1, [outcome]: outcome === "stored" ? BEFORE + 2 : 1 };
  expect(outcomes.requests).toMatchObject(others);
  expect(sum(outcomes.requests)).toBe(BEFORE + 2);
  expect(outcomes.events.accepted).toBe(collector.writer.events.length);
  expect(log.filter((line) => /"level":"(warn|error|fatal)"/.test(line))).toEqual([]);
}

describe.each(["/v1/events", "/v1/%65vents", "/v1/events/batch"])("on the way to %s", (path) => {
  describe.each(WAYS)("a client that %s", (_how, leave) => {
    test.each([
      ["before its body", () => ""],
      ["in the middle of its body", (body: string) => body.slice(0, body.length / 2)],
    ])("%s is counted once, as aborted, and pays for its request but for no event", async (_when, part) => {
      const writes = watchWrites();
      const socket = await begin(path, part);
      await expect.poll(async () => (await used()).requests).toBe(BEFORE + 1);
      leave(socket);
      await expectOne("aborted", { requests: BEFORE + 1, events: BEFORE });
      expect(sum(collector.metrics.outcomes.events)).toBe(BEFORE + 1);
      // The event of the next request alone.
      expect(writes()).toBe(1);
    });

    test("while its events wait for the commit has them stored, counted and charged once", async () => {
      const events = path.endsWith("batch") ? 3 : 1;
      const writes = watchWrites();
      const open = close(collector.writer);
      const socket = await begin(path, (body) => body);
      await expect.poll(writes).toBe(1);
      leave(socket);
      await expect.poll(() => connectionsGone).toBe(1);
      expect(sum(collector.metrics.outcomes.requests)).toBe(BEFORE);
      open();
      await expectOne("stored", { requests: BEFORE + 1, events: BEFORE + events });
      expect(collector.writer.events).toHaveLength(BEFORE + events + 1);
      expect(sum(collector.metrics.outcomes.events)).toBe(BEFORE + events + 1);
    });

    test("while its events wait for a commit that fails pays nothing, and no event of it is counted twice", async () => {
      const events = path.endsWith("batch") ? 3 : 1;
      const writes = watchWrites();
      const open = close(collector.writer);
      collector.writer.failure = new StorageUnavailableError("57P01");
      const socket = await begin(path, (body) => body);
      await expect.poll(writes).toBe(1);
      leave(socket);
      await expect.poll(() => connectionsGone).toBe(1);
      open();
      await expect.poll(() => sum(collector.metrics.outcomes.requests)).toBe(BEFORE + 1);
      collector.writer.failure = undefined;
      await expectOne("storage-unavailable", { requests: BEFORE, events: BEFORE });
      expect(collector.metrics.outcomes.events).toMatchObject({ accepted: BEFORE + 1, storage_unavailable: events });
    });
  });

  test.each(WAYS)(
    "a client that %s while its key is looked up is counted once and has nothing stored",
    async (_how, leave) => {
      const writes = watchWrites();
      const open = close(collector.keyStore);
      // Older than what is remembered of a key.
      collector.clock.advance(60_000);
      const socket = await begin(path, (body) => body);
      await expect.poll(() => collector.keyStore.lookups).toBe(2);
      leave(socket);
      await expect.poll(() => connectionsGone).toBe(1);
      open();
      await expect.poll(() => sum(collector.metrics.outcomes.requests)).toBe(BEFORE + 1);
      expect(writes()).toBe(0);
      await expectOne("aborted", { requests: BEFORE + 1, events: BEFORE });
    },
  );
});
