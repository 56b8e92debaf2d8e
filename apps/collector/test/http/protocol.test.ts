import { PROBLEMS } from "@org/mcp-analytics-schema";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { expectProblem, expectUnharmed } from "../ingest/problems.ts";
import { exchange, RawConnection, requestText } from "../ingest/raw-http.ts";
import { startTestCollector, type TestCollector } from "../ingest/test-collector.ts";

let collector: TestCollector;
beforeAll(async () => {
  collector = await startTestCollector();
});
afterAll(() => collector.close());

const stored = () => collector.writer.events.length;
const eventText = () => JSON.stringify(collector.event());
const common = () =>
  [
    ["Content-Type", "application/json"],
    ["X-API-Key", collector.key.apiKey],
  ] as const;

/** A request for one event; `extra` headers come on top of the length. */
function eventRequest(extra: readonly (readonly [string, string])[] = [], body = eventText()): string {
  return requestText("POST", "/v1/events", [...common(), ["Content-Length", String(body.length)], ...extra], body);
}

function chunked(chunks: readonly string[], end = "0\r\n\r\n"): string {
  const body = chunks.map((chunk) => `${chunk.length.toString(16)}\r\n${chunk}\r\n`).join("") + end;
  return requestText("POST", "/v1/events", [...common(), ["Transfer-Encoding", "chunked"]], body);
}

describe("headers that could be read in two ways are refused", () => {
  test.each([
    ["a second Content-Type", [["Content-Type", "application/json"]], 415],
    ["a Content-Type that starts with another", [["Content-Type", "text/plain"]], 415],
    ["a second Content-Length", [["Content-Length", "5"]], 400],
    ["Content-Length and Transfer-Encoding", [["Transfer-Encoding", "chunked"]], 400],
    ["a second Host", [["Host", "other"]], 400],
    ["a line that is folded", [["X-Folded", "a\r\n b"]], 400],
    ["a space before the colon", [["X-Spaced ", "a"]], 400],
  ] as const)("%s", async (_what, extra, status) => {
    const before = stored();
    expect((await exchange(collector.port, eventRequest(extra))).status).toBe(status);
    await expectUnharmed(collector, before);
  });

  test.each(["+5", "-1", "5x", "0x5", "1e1"])("a Content-Length of %s", async (length) => {
    const text = requestText("POST", "/v1/events", [...common(), ["Content-Length", length]], "{}");
    expect((await exchange(collector.port, text)).status).toBe(400);
  });
});

describe("a body in chunks", () => {
  test("is as good as any other", async () => {
    const text = eventText();
    expect((await exchange(collector.port, chunked([text.slice(0, 9), text.slice(9)]))).status).toBe(201);
  });

  test("is refused as soon as it is too large, whatever it says of its length", async () => {
    const before = stored();
    const connection = new RawConnection(collector.port);
    connection.send(chunked(Array(70).fill("x".repeat(1_000)), ""));
    expect((await connection.answer()).status).toBe(413);
    connection.end();
    await expectUnharmed(collector, before);
  });

  test("with trailers has no more fields than without", async () => {
    const text = chunked([eventText()], "0\r\n__proto__: x\r\nX-API-Key: y\r\n\r\n");
    expect((await exchange(collector.port, text)).status).toBe(201);
  });

  test.each([
    ["a size that is no number", "zz\r\n{}\r\n0\r\n\r\n"],
    ["a negative size", "-1\r\n{}\r\n0\r\n\r\n"],
    ["a size beyond counting", "fffffffffffffffff\r\n{}\r\n0\r\n\r\n"],
    ["no end of line after it", "2\r\n{}0\r\n\r\n"],
  ])("with %s is refused", async (_what, body) => {
    const before = stored();
    const text = requestText("POST", "/v1/events", [...common(), ["Transfer-Encoding", "chunked"]], body);
    expect((await exchange(collector.port, text)).status).toBe(400);
    await expectUnharmed(collector, before);
  });
});

test.each(["gzip, chunked", "identity, chunked", "chunked, chunked", "gzip,chunked", "deflate , chunked"])(
  "a Transfer-Encoding of %s is refused, and the connection ends",
  async (coding) => {
    const before = stored();
    const connection = new RawConnection(collector.port);
    connection.send(chunked([eventText()]).replace("Transfer-Encoding: chunked", `Transfer-Encoding: ${coding}`));
    expect((await connection.answer()).status).toBe(400);
    await connection.closed();
    await expectUnharmed(collector, before);
  },
);

test("a Transfer-Encoding is read without regard to case", async () => {
  const text = chunked([eventText()]).replace("Transfer-Encoding: chunked", "Transfer-Encoding: Chunked");
  expect((await exchange(collector.port, text)).status).toBe(201);
});

describe("what is no request to this collector", () => {
  test.each([
    ["another protocol", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"],
    ["the hello of TLS", Buffer.from([0x16, 3, 1, 0, 5, 1, 0, 0, 1, 0])],
    ["no method", " /v1/events HTTP/1.1\r\nHost: x\r\n\r\n"],
    ["bare line feeds in the headers", "GET /health HTTP/1.1\nHost: x\nX: \n y\n\n"],
  ])("%s gets 400 and the connection ends", async (_what, bytes) => {
    const connection = new RawConnection(collector.port);
    connection.send(bytes);
    const answer = await connection.answer();
    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.body)).toMatchObject({ code: "bad-request" });
    await connection.closed();
  });

  test("a request without Host gets 400 and the connection ends", async () => {
    const connection = new RawConnection(collector.port);
    connection.send("GET /health HTTP/1.1\r\n\r\n");
    const answer = await connection.answer();
    expect([answer.status, JSON.parse(answer.body).code]).toEqual([400, "bad-request"]);
    expect(answer.headers["x-content-type-options"]).toBe("nosniff");
    await connection.closed();
  });

  test("HTTP/1.0 needs no Host", async () => {
    expect((await exchange(collector.port, "GET /health HTTP/1.0\r\n\r\n")).status).toBe(200);
  });

  test("an expectation that nobody knows is ignored", async () => {
    const before = stored();
    expect((await exchange(collector.port, eventRequest([["Expect", "x-unknown"]]))).status).toBe(201);
    expect(stored()).toBe(before + 1);
  });

  test("a body that nobody asked for is not read: the path is not there, whatever the body is", async () => {
    const text = requestText("POST", "/nothing", [...common(), ["Content-Length", "20"]], "{");
    const answer = await exchange(collector.port, text);
    expect(JSON.parse(answer.body)).toMatchObject({ code: "not-found" });
  });

  test.each(["a b", "a, b", "user@host", "host/path", "host\\path"])("a Host of %s gets 400", async (host) => {
    const answer = await exchange(collector.port, `GET /health HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
    expect(answer.status).toBe(400);
  });

  test.each(["collector.example:8080", "127.0.0.1", "[::1]:3000", "xn--bcher-kva.example"])(
    "a Host of %s is fine",
    async (host) => {
      const answer = await exchange(collector.port, `GET /health HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
      expect(answer.status).toBe(200);
    },
  );

  test("headers beyond 8 KiB get 431", async () => {
    const answer = await exchange(collector.port, eventRequest([["X-Long", "x".repeat(9_000)]]));
    expect(answer.status).toBe(431);
  });

  test("an address that cannot be read is 400 and is not repeated in the answer", async () => {
    for (const target of ["/%zz", "/v1/%", "/problems/%00%"]) {
      const answer = await exchange(collector.port, requestText("GET", target, []));
      expect(answer.status).toBe(400);
      expect(answer.body).not.toContain(target);
    }
  });

  test.each([
    "/v1/events/",
    "//v1/events",
    "/V1/events",
    "/v1/Events",
    "/v1%2fevents",
    "/v1/events/x",
    "/..%2fv1",
    "/",
  ])("%s is no route", async (target) => {
    const before = stored();
    const text = eventText();
    const request = requestText("POST", target, [...common(), ["Content-Length", String(text.length)]], text);
    const answer = await exchange(collector.port, request);
    expect(answer.status).toBe(404);
    expect(JSON.parse(answer.body)).toMatchObject({ code: "not-found" });
    await expectUnharmed(collector, before);
  });

  test.each(["GET", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])(
    "%s on the route of events is 405, whatever a header says the method is",
    async (method) => {
      const headers = [
        ["X-HTTP-Method-Override", "POST"],
        ["X-API-Key", collector.key.apiKey],
      ] as const;
      const answer = await exchange(collector.port, requestText(method, "/v1/events", headers));
      expect([answer.status, answer.headers.allow]).toEqual([405, "POST"]);
    },
  );

  test("HEAD on the route of events is 405, and on a page 405 too", async () => {
    for (const [path, allow] of [
      ["/v1/events", "POST"],
      ["/problems/invalid-key", "GET"],
    ]) {
      const response = await fetch(collector.url + path, { method: "HEAD" });
      expect([response.status, response.headers.get("allow")]).toEqual([405, allow]);
    }
  });

  test("no answer to another origin lets a web page in", async () => {
    const preflight = await fetch(`${collector.url}/v1/events`, {
      method: "OPTIONS",
      headers: { origin: "https://example.com", "access-control-request-method": "POST" },
    });
    const plain = await collector.sendEvent(collector.event(), { origin: "https://example.com" });
    for (const { headers } of [preflight, plain]) {
      expect([...headers.keys()].filter((name) => name.startsWith("access-control-"))).toEqual([]);
    }
  });
});

describe("connections", () => {
  test("a hundred requests sent at once over one are answered in order", async () => {
    const before = stored();
    const connection = new RawConnection(collector.port);
    connection.send(
      Array.from({ length: 100 }, (_unused, i) => (i % 10 === 9 ? eventRequest([], "{}") : eventRequest())).join(""),
    );
    for (let i = 0; i < 100; i++) expect((await connection.answer()).status).toBe(i % 10 === 9 ? 400 : 201);
    connection.end();
    expect(stored()).toBe(before + 90);
  });

  test("after a thousand requests over one it ends; what was sent behind them does nothing", async () => {
    const before = stored();
    const connection = new RawConnection(collector.port);
    connection.send(requestText("GET", "/health", []).repeat(999) + eventRequest().repeat(30));
    for (let i = 0; i < 999; i++) expect((await connection.answer()).status).toBe(200);
    const last = await connection.answer();
    expect([last.status, last.headers.connection]).toEqual([201, "close"]);
    await connection.closed();
    expect(connection.rest).toBe("");
    expect(stored()).toBe(before + 1);
  });

  test("no more of them are taken than were set", async () => {
    const small = await startTestCollector({ config: { maxConnections: 2 } });
    const [one, two, three] = [
      new RawConnection(small.port),
      new RawConnection(small.port),
      new RawConnection(small.port),
    ];
    const health = requestText("GET", "/health", []);
    one.send(health);
    two.send(health);
    expect((await one.answer()).status).toBe(200);
    expect((await two.answer()).status).toBe(200);
    await three.closed();
    one.end();
    two.end();
    await small.close();
  });

  test("headers that drip in are ended with one 408", async () => {
    const slow = await startTestCollector();
    slow.app.server.headersTimeout = 100;
    const connection = new RawConnection(slow.port);
    connection.send("POST /v1/events HTTP/1.1\r\nHost: x\r\n");
    expect((await connection.answer()).status).toBe(408);
    await connection.closed();
    expect(connection.rest).toBe("");
    await slow.close();
  });

  test("a body that drips in is ended with one 408", async () => {
    const slow = await startTestCollector();
    // Node swaps the two when the headers may take longer than the whole.
    slow.app.server.headersTimeout = 50;
    slow.app.server.requestTimeout = 100;
    const connection = new RawConnection(slow.port);
    const [text] = eventRequestOf(slow);
    connection.send(text.slice(0, -5));
    const answer = await connection.answer();
    expect(answer.status).toBe(408);
    expect(JSON.parse(answer.body)).toMatchObject({ code: "request-timeout" });
    await connection.closed();
    expect(connection.rest).toBe("");
    expect(slow.writer.events).toEqual([]);
    expect(slow.metrics.outcomes.requests.aborted).toBe(1);
    await slow.close();
  });

  test("a body that never comes after its refusal ends the connection without a second answer", async () => {
    const slow = await startTestCollector();
    // Node swaps the two when the headers may take longer than the whole.
    slow.app.server.headersTimeout = 50;
    slow.app.server.requestTimeout = 100;
    const connection = new RawConnection(slow.port);
    connection.send(
      requestText("POST", "/v1/events", [
        ["Content-Type", "application/json"],
        ["Content-Length", "100"],
      ]),
    );
    expect((await connection.answer()).status).toBe(401);
    await connection.closed();
    expect(connection.rest).toBe("");
    await slow.close();
  });
});

function eventRequestOf(other: TestCollector): [string] {
  const body = JSON.stringify(other.event());
  const headers = [
    ["Content-Type", "application/json"],
    ["X-API-Key", other.key.apiKey],
    ["Content-Length", String(body.length)],
  ] as const;
  return [requestText("POST", "/v1/events", headers, body)];
}

test("every problem code is documented where its type points", async () => {
  const list = await (await fetch(`${collector.url}/problems/`)).text();
  for (const code of Object.keys(PROBLEMS)) {
    expect(list).toContain(`/problems/${code}\n`);
    const page = await fetch(`${collector.url}/problems/${code}`);
    expect(page.status).toBe(200);
    expect(page.headers.get("content-type")).toBe("text/plain; charset=utf-8");
    expect(await page.text()).toContain(code);
  }
  await expectProblem(await fetch(`${collector.url}/problems/toString`), "not-found");
});
