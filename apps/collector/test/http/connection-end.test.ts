import { once } from "node:events";
import type { Socket } from "node:net";
import { afterEach, expect, test } from "vitest";
import { eventRequest, RawConnection, requestText } from "../ingest/raw-http.ts";
import { startTestCollector, type TestCollector } from "../ingest/test-collector.ts";

let collector: TestCollector;
let connection: RawConnection;
afterEach(async () => {
  connection.end();
  await collector.close();
});

/** Sends it, and resolves when so many requests wait for their commit. */
async function sendAndHold(bytes: string): Promise<() => void> {
  let waiting = () => {};
  const waits = new Promise<void>((resolve) => {
    waiting = resolve;
  });
  let release = () => {};
  const gate = new Promise<void>((resolve) => {
    release = resolve;
  });
  Object.defineProperty(collector.writer, "gate", {
    get() {
      waiting();
      return gate;
    },
  });
  connection.send(bytes);
  await waits;
  return release;
}

test("a shutdown waits for no client that keeps its connection after the last answer", async () => {
  collector = await startTestCollector();
  // Nothing but the shutdown itself may end the connection.
  collector.app.server.setTimeout(0);
  connection = new RawConnection(collector.port);
  const release = await sendAndHold(eventRequest(collector));
  const closed = collector.close();
  while (collector.app.server.listening) await new Promise((resolve) => setImmediate(resolve));
  release();
  expect((await connection.answer()).status).toBe(201);
  await connection.closed();
  await closed;
});

test.each([
  ["nothing", ""],
  ["half a header", "POST /v1/events HTTP/1.1\r\nHost: coll"],
  ["half a header behind a whole request", `${requestText("GET", "/livez", [])}GET /livez HT`],
])("a shutdown waits for no client that has sent %s", async (_what, bytes) => {
  collector = await startTestCollector();
  const { server } = collector.app;
  // Nothing but the shutdown itself may end the connection.
  server.setTimeout(0);
  server.headersTimeout = 0;
  server.requestTimeout = 0;
  const arrived = once(server, "connection") as Promise<[Socket]>;
  connection = new RawConnection(collector.port);
  const [socket] = await arrived;
  connection.send(bytes);
  while (socket.bytesRead < bytes.length) await new Promise((resolve) => setImmediate(resolve));
  await collector.close();
  await connection.closed();
});

test("what is sent behind a request that ends its connection is neither stored nor counted", async () => {
  collector = await startTestCollector();
  connection = new RawConnection(collector.port);
  connection.send(eventRequest(collector).replace("Host: collector", "Host: a b") + eventRequest(collector));
  expect((await connection.answer()).status).toBe(400);
  await connection.closed();
  expect(connection.rest).toBe("");
  expect(collector.writer.events).toEqual([]);
  expect(Object.values(collector.metrics.outcomes.requests).reduce((sum, count) => sum + count, 0)).toBe(0);
});

test("garbage behind a request that is being stored takes nothing from its answer, and ends the connection after it", async () => {
  collector = await startTestCollector();
  connection = new RawConnection(collector.port);
  const release = await sendAndHold(`${eventRequest(collector)}\x00\x01garbage\r\n\r\n`);
  release();
  expect((await connection.answer()).status).toBe(201);
  await connection.closed();
  expect(connection.rest).toBe("");
  expect(collector.writer.events).toHaveLength(1);
  expect(collector.metrics.outcomes.requests.stored).toBe(1);
});
