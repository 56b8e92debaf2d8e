import { afterEach, expect, test } from "vitest";
import { expectProblem } from "../ingest/problems.ts";
import { RawConnection, requestText } from "../ingest/raw-http.ts";
import { startTestCollector, type TestCollector } from "../ingest/test-collector.ts";

let collector: TestCollector;
afterEach(() => collector.close());

/** A database whose every probe does what `probe` does now. */
async function startWith(probe: () => Promise<void>): Promise<{ probes: () => number }> {
  let probes = 0;
  collector = await startTestCollector({
    deps: {
      storageHealth: {
        probe() {
          probes++;
          return probe();
        },
      },
    },
  });
  return { probes: () => probes };
}

const get = (path: string) => fetch(collector.url + path);

test("/health and /livez say ok though the database is out", async () => {
  await startWith(() => Promise.reject(new Error("out")));
  for (const path of ["/health", "/livez"]) {
    const response = await get(path);
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ status: "ok" });
    expect(response.headers.get("cache-control")).toBe("no-store");
  }
});

test("/readyz follows the database within a second, and asks it once a second at most", async () => {
  let out = false;
  const { probes } = await startWith(async () => {
    if (out) throw new Error("out");
  });
  for (let i = 0; i < 5; i++) expect((await get("/readyz")).status).toBe(200);
  expect(probes()).toBe(1);
  out = true;
  collector.clock.advance(1_000);
  const response = await get("/readyz");
  await expectProblem(response, "storage-unavailable");
  expect(Number(response.headers.get("retry-after"))).toBeGreaterThanOrEqual(1);
  out = false;
  collector.clock.advance(1_000);
  expect((await get("/readyz")).status).toBe(200);
  expect(probes()).toBe(3);
});

test("/readyz says no while the database hangs", async () => {
  await startWith(() => new Promise(() => {}));
  await expectProblem(await get("/readyz"), "storage-unavailable");
});

test("probing is not limited, however often it happens", async () => {
  collector = await startTestCollector({ config: { ipLimitRequests: 1 } });
  for (let i = 0; i < 20; i++) expect((await get("/readyz")).status).toBe(200);
});

test("once a shutdown is announced /readyz says no, and events are still taken", async () => {
  await startWith(async () => {});
  collector.app.drain();
  await expectProblem(await get("/readyz"), "shutting-down");
  expect((await get("/livez")).status).toBe(200);
  expect((await collector.sendEvent(collector.event())).status).toBe(201);
});

test("a request whose last byte comes after close() began is answered; the next on its connection is sent elsewhere", async () => {
  await startWith(async () => {});
  const body = JSON.stringify(collector.event());
  const request = requestText(
    "POST",
    "/v1/events",
    [
      ["Content-Type", "application/json"],
      ["X-API-Key", collector.key.apiKey],
      ["Content-Length", String(body.length)],
    ],
    body,
  );
  const connection = new RawConnection(collector.port);
  connection.send(request.slice(0, -1));
  await expect.poll(() => collector.keyStore.lookups).toBe(1);
  const closed = collector.app.close();
  connection.send(request.slice(-1) + request);
  expect((await connection.answer()).status).toBe(201);
  const next = await connection.answer();
  expect([next.status, JSON.parse(next.body).code, next.headers.connection]).toEqual([503, "shutting-down", "close"]);
  await connection.closed();
  await closed;
  expect(collector.writer.events).toHaveLength(1);
});
