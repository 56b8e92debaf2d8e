import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { eventRequest, RawConnection, requestText } from "../ingest/raw-http.ts";
import { startTestCollector, type TestCollector } from "../ingest/test-collector.ts";

let collector: TestCollector;
beforeEach(async () => {
  collector = await startTestCollector();
});
afterEach(() => collector.close());

const codeOf = (body: string) => (JSON.parse(body) as { code?: string }).code;

describe.each(["/v1/events", "/v1/%65vents", "/v1/events/batch?x=1", "/health"])(
  "before any route is looked at, %s",
  (path) => {
    const text = () => (path === "/health" ? requestText("GET", path, []) : eventRequest(collector, path));

    test("gets 503 once the collector is closing, and is told when to come back", async () => {
      const pending = eventRequest(collector);
      const connection = new RawConnection(collector.port);
      // One that is not finished keeps the connection open while everything else closes.
      connection.send(pending.slice(0, -1));
      await expect.poll(() => collector.keyStore.lookups).toBe(1);
      const closed = collector.app.close();
      connection.send(pending.slice(-1) + text());
      expect((await connection.answer()).status).toBe(201);
      const { status, headers, body } = await connection.answer();
      expect([status, codeOf(body), headers.connection]).toEqual([503, "shutting-down", "close"]);
      expect(headers["retry-after"]).toMatch(/^[1-5]$/);
      expect(headers).toMatchObject({ "x-content-type-options": "nosniff", "cache-control": "no-store" });
      await connection.closed();
      await closed;
      expect(collector.writer.events).toHaveLength(1);
    });

    test.each(["Host: a b", "Host: user@host", "X-None: 1"])(
      "gets 400 with %s, and the connection ends",
      async (host) => {
        const connection = new RawConnection(collector.port);
        connection.send(text().replace("Host: collector", host));
        const answer = await connection.answer();
        expect([answer.status, codeOf(answer.body), answer.headers.connection]).toEqual([400, "bad-request", "close"]);
        expect(answer.headers).toMatchObject({ "x-content-type-options": "nosniff", "cache-control": "no-store" });
        await connection.closed();
        expect([connection.rest, collector.writer.events.length]).toEqual(["", 0]);
      },
    );
  },
);
