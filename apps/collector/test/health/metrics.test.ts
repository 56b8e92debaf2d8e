import { afterEach, beforeEach, expect, test } from "vitest";
import { type MetricsServer, startMetricsServer } from "../../src/health/metrics-server.ts";
import { startTestCollector, type TestCollector } from "../ingest/test-collector.ts";

let collector: TestCollector;
let server: MetricsServer;
beforeEach(async () => {
  collector = await startTestCollector();
  server = await startMetricsServer(collector.metrics.registry, "127.0.0.1", 0);
});
afterEach(async () => {
  await server.close();
  await collector.close();
});

const scrape = async () => (await fetch(server.url)).text();

test("metrics count requests and events by outcome", async () => {
  await collector.sendEvent(collector.event());
  await collector.sendEvent(collector.event({ tool: "" }));
  const text = await scrape();
  expect(text).toContain('collector_ingest_requests_total{outcome="stored"} 1\n');
  expect(text).toContain('collector_ingest_requests_total{outcome="invalid-event"} 1\n');
  expect(text).toContain('collector_ingest_events_total{outcome="accepted"} 1\n');
  expect(text).toContain('collector_ingest_events_total{outcome="invalid_tool"} 1\n');
  expect(text).toContain("collector_ingest_request_seconds_count 2\n");
  expect(text).toContain("collector_writer_waiting_deliveries 0\n");
});

test("what clients report to have given up shows once for each batch that is stored", async () => {
  const { event, sendBatch, key } = collector;
  const batch = (last: number, dropped: object, events: unknown[] = [event()]) => ({
    batchId: `01234567-0123-7123-8123-00000000000${last}`,
    events,
    dropped,
  });
  await sendBatch(batch(1, { expired: 3, queue_full: 1 }));
  await sendBatch(batch(1, { expired: 3, queue_full: 1 }));
  await sendBatch(batch(2, { expired: 4 }));
  await sendBatch(batch(3, { expired: 5 }, [{}]));
  const text = await scrape();
  expect(text).toContain('collector_client_dropped_events_total{reason="expired"} 7\n');
  expect(text).toContain('collector_client_dropped_events_total{reason="queue_full"} 1\n');
  expect(text).toContain('collector_client_dropped_events_total{reason="too_large"} 0\n');
  expect(collector.dropped).toEqual([
    [key.record, { expired: 3, queue_full: 1 }, collector.clock.now()],
    [key.record, { expired: 4 }, collector.clock.now()],
  ]);
});

test("what clients send makes no new series", async () => {
  await scrape();
  const names = (text: string) =>
    text
      .split("\n")
      .filter(
        (line) =>
          line.startsWith("collector_ingest") ||
          line.startsWith("collector_client") ||
          line.startsWith("collector_limiter"),
      )
      .map((line) => line.split(" ")[0]);
  const before = names(await scrape());
  for (let i = 0; i < 20; i++) {
    await collector.sendEvent(collector.event({ tool: `tool_${i}` }), { "user-agent": `agent ${i}` });
    await fetch(`${collector.url}/path/${i}`);
  }
  expect(names(await scrape())).toEqual(before);
});

test("an outage of the limiter shows", async () => {
  collector.metrics.limiterFellBack(true);
  expect(await scrape()).toContain("collector_limiter_fallback_active 1\n");
  collector.metrics.limiterFellBack(false);
  const text = await scrape();
  expect(text).toContain("collector_limiter_fallback_active 0\n");
  expect(text).toContain("collector_limiter_fallbacks_total 1\n");
});

test("metrics are on their own port only, and nothing else is there", async () => {
  expect((await fetch(`${collector.url}/metrics`)).status).toBe(404);
  expect((await fetch(new URL("/health", server.url))).status).toBe(404);
  expect((await fetch(server.url, { method: "POST" })).status).toBe(404);
});

test("a taken port rejects", async () => {
  const { port } = new URL(server.url);
  await expect(startMetricsServer(collector.metrics.registry, "127.0.0.1", Number(port))).rejects.toMatchObject({
    code: "EADDRINUSE",
  });
});
