import { afterEach, expect, test } from "vitest";
import { startTestCollector, type TestCollector } from "../ingest/test-collector.ts";

let collector: TestCollector;
afterEach(() => collector.close());

const preflight = (origin: string, path = "/v1/events") =>
  fetch(collector.url + path, { method: "OPTIONS", headers: { origin, "access-control-request-method": "POST" } });

const corsHeaders = ({ headers }: Response) => [...headers.keys()].filter((name) => name.startsWith("access-control-"));

test("without origins no page is let in, and asking is a wrong method", async () => {
  collector = await startTestCollector();
  const response = await preflight("https://app.example");
  expect(response.status).toBe(405);
  expect(corsHeaders(response)).toEqual([]);
});

test("a page of a listed origin may send events, without cookies", async () => {
  collector = await startTestCollector({ config: { corsOrigins: ["https://app.example"] } });
  for (const path of ["/v1/events", "/v1/events/batch"]) {
    const asked = await preflight("https://app.example", path);
    expect(asked.status).toBe(204);
    expect(asked.headers.get("access-control-allow-origin")).toBe("https://app.example");
    expect(asked.headers.get("access-control-allow-credentials")).toBeNull();
  }
  const sent = await collector.sendEvent(collector.event(), { origin: "https://app.example" });
  expect(sent.status).toBe(201);
  expect(sent.headers.get("access-control-allow-origin")).toBe("https://app.example");
  expect(sent.headers.get("vary")).toContain("Origin");
});

test.each([
  "https://app.example.evil.example",
  "http://app.example",
  "https://app.example:8443",
  "null",
  "https://other.example",
])("a page of %s is not let in", async (origin) => {
  collector = await startTestCollector({ config: { corsOrigins: ["https://app.example"] } });
  expect((await preflight(origin)).headers.get("access-control-allow-origin")).toBeNull();
  const sent = await collector.sendEvent(collector.event(), { origin });
  expect(sent.headers.get("access-control-allow-origin")).toBeNull();
});

test("only ingest is opened", async () => {
  collector = await startTestCollector({ config: { corsOrigins: ["https://app.example"] } });
  const response = await fetch(`${collector.url}/health`, { headers: { origin: "https://app.example" } });
  expect(corsHeaders(response)).toEqual([]);
});
