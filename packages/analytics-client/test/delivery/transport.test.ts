import { createServer } from "node:net";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createTransport, type Transport } from "../../src/delivery/transport.ts";
import { type HttpCollector, startHttpCollector } from "../support/http-collector.ts";

const BODY = Buffer.from(JSON.stringify({ events: [1, 2] }));
let collector: HttpCollector;
let transport: Transport;

beforeEach(async () => {
  collector = await startHttpCollector();
  transport = createTransport(collector.url, 300);
});
afterEach(async () => {
  transport.close();
  await collector.close();
});

const attempt = (by: Transport): Promise<string> =>
  by.send(BODY, {}).then(
    () => "answer",
    () => "no answer",
  );

test("sends the bytes and headers as they are, and gives the answer back", async () => {
  const answer = await transport.send(BODY, { "x-api-key": "k", "content-type": "application/json" });
  expect(answer).toMatchObject({ status: 201, body: '{"success":true,"accepted":2,"rejected":[]}' });
  expect(answer.headers.date).toBeDefined();
  expect(collector.requests[0]).toMatchObject({ path: "/v1/events/batch", body: BODY.toString() });
  expect(collector.requests[0]?.headers).toMatchObject({ "x-api-key": "k", "content-length": String(BODY.length) });
  expect(collector.requests[0]?.headers).not.toHaveProperty("transfer-encoding");
  expect(collector.requests[0]?.headers).not.toHaveProperty("user-agent");
});

test("one connection serves request after request", async () => {
  for (let i = 0; i < 5; i++) await transport.send(BODY, {});
  expect(new Set(collector.requests.map(({ connection }) => connection)).size).toBe(1);
});

test("a redirect is an answer like any other, and nobody follows it", async () => {
  const elsewhere = await startHttpCollector();
  collector.answer = (response) => response.writeHead(307, { location: elsewhere.url.href }).end();
  expect((await transport.send(BODY, { "x-api-key": "k" })).status).toBe(307);
  expect(elsewhere.requests).toHaveLength(0);
  await elsewhere.close();
});

describe("no complete answer is a failure", () => {
  test("nobody listens", async () => {
    await collector.close();
    expect(await attempt(transport)).toBe("no answer");
    collector = await startHttpCollector();
  });

  test("the collector hangs", async () => {
    collector.answer = () => {};
    expect(await attempt(transport)).toBe("no answer");
  });

  test("the collector drips", async () => {
    collector.answer = (response) => {
      response.writeHead(201);
      const drip = setInterval(() => response.write(" "), 20);
      response.on("close", () => clearInterval(drip));
    };
    expect(await attempt(transport)).toBe("no answer");
  });

  test("the connection breaks in the middle", async () => {
    collector.answer = (response) => {
      response.writeHead(201, { "content-length": "500" });
      response.write('{"success":true');
      setImmediate(() => response.destroy());
    };
    expect(await attempt(transport)).toBe("no answer");
  });

  test("the answer never ends", async () => {
    let written = 0;
    collector.answer = (response) => {
      response.writeHead(201);
      const more = (): void => {
        while (!response.destroyed && response.write("x".repeat(65_536))) written += 65_536;
        if (!response.destroyed) response.once("drain", more);
      };
      more();
    };
    expect(await attempt(transport)).toBe("no answer");
    expect(written).toBeLessThan(20_000_000);
  });

  test("what answers is no HTTP server", async () => {
    const server = createServer((socket) => socket.on("error", () => {}).end("SSH-2.0-OpenSSH_9.6\r\n"));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    const port = typeof address === "object" ? address?.port : 0;
    const other = createTransport(new URL(`http://127.0.0.1:${port}/v1/events/batch`), 300);
    expect(await attempt(other)).toBe("no answer");
    other.close();
    server.close();
  });

  test("TLS is spoken to a server that does not", async () => {
    const other = createTransport(new URL(collector.url.href.replace("http:", "https:")), 300);
    expect(await attempt(other)).toBe("no answer");
    other.close();
  });
});

test("a compressed bomb is not unpacked", async () => {
  const bomb = gzipSync(Buffer.alloc(8_000_000));
  collector.answer = (response) => response.writeHead(201, { "content-encoding": "gzip" }).end(bomb);
  const answer = await transport.send(BODY, {});
  expect(answer.body.length).toBeLessThanOrEqual(bomb.length);
});

test("works again after every kind of failure", async () => {
  const answer = collector.answer;
  collector.answer = (response) => response.destroy();
  expect(await attempt(transport)).toBe("no answer");
  collector.answer = answer;
  expect((await transport.send(BODY, {})).status).toBe(201);
});
