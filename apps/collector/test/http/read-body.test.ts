import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import type { ProblemCode } from "@org/mcp-analytics-schema";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { readBody } from "../../src/http/read-body.ts";

const MAX_BYTES = 1_000;

let server: Server;
let client: Socket;
/** Everything that `done` was called with. */
let results: (Buffer | ProblemCode)[];
/** What the server has seen: requests, bytes and pieces of their bodies, the end of one, and that a client has gone. */
let arrived: { requests: number; bytes: number; pieces: number; ended: boolean; gone: boolean };

beforeEach(async () => {
  // Of this test alone: a request of the one before may end later.
  const own = { requests: 0, bytes: 0, pieces: 0, ended: false, gone: false };
  const ownResults: typeof results = [];
  arrived = own;
  results = ownResults;
  server = createServer((request) => {
    own.requests++;
    readBody(request, MAX_BYTES, (body) => ownResults.push(body));
    // Behind the listeners that are tested: what they do about a piece has been done when it is counted here.
    request.on("data", (chunk: Buffer) => {
      own.bytes += chunk.length;
      own.pieces++;
    });
    request.on("end", () => {
      own.ended = true;
    });
    // Comes behind its error, for which nobody but `readBody` listens.
    request.on("close", () => {
      own.gone = true;
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  client = connect((server.address() as AddressInfo).port, "127.0.0.1");
  client.on("error", () => {});
  await once(client, "connect");
});
afterEach(async () => {
  client.destroy();
  server.closeAllConnections();
  server.close();
  await once(server, "close");
});

const head = (header: string) => client.write(`POST / HTTP/1.1\r\nHost: x\r\n${header}\r\n\r\n`);
const sized = (length: number) => head(`Content-Length: ${length}`);
const chunked = () => head("Transfer-Encoding: chunked");
const asChunk = (bytes: Buffer) =>
  Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from("\r\n")]);
const LAST_CHUNK = "0\r\n\r\n";
/** Every byte there is, so that none is taken for a character. */
const bytes = (length: number) => Buffer.from(Array.from({ length }, (_unused, i) => (i * 7) % 256));
const ended = () => expect.poll(() => arrived.ended).toBe(true);
const gone = () => expect.poll(() => arrived.gone).toBe(true);

async function sendInPieces(body: Buffer, size: number, wrap = (piece: Buffer) => piece): Promise<void> {
  for (let from = 0; from < body.length; from += size) {
    const piece = body.subarray(from, from + size);
    client.write(wrap(piece));
    await expect.poll(() => arrived.bytes, { interval: 1 }).toBe(from + piece.length);
  }
}

describe("a body is handed on whole, once, byte by byte", () => {
  test.each([1, 20, MAX_BYTES - 1, MAX_BYTES])("when its %i bytes come in one piece", async (length) => {
    sized(length);
    client.write(bytes(length));
    await ended();
    expect(results).toEqual([bytes(length)]);
  });

  test.each([2, 3, 40])("when it comes in %i pieces", async (count) => {
    const body = bytes(count * 25);
    sized(body.length);
    await sendInPieces(body, 25);
    await ended();
    expect(arrived.pieces).toBe(count);
    expect(results).toEqual([body]);
  });

  test("when it comes in pieces and does not say how long it is", async () => {
    chunked();
    await sendInPieces(bytes(MAX_BYTES), 100, asChunk);
    expect(results).toEqual([]);
    client.write(LAST_CHUNK);
    await ended();
    expect(results).toEqual([bytes(MAX_BYTES)]);
  });

  test("when it is empty", async () => {
    sized(0);
    await ended();
    expect(results).toEqual([Buffer.alloc(0)]);
  });

  test("when it is empty and does not say so before its end", async () => {
    chunked();
    client.write(LAST_CHUNK);
    await ended();
    expect(results).toEqual([Buffer.alloc(0)]);
  });

  test("each time, when several come over one connection", async () => {
    for (const length of [3, 0, 5]) {
      sized(length);
      client.write(bytes(length));
    }
    // The server answers nothing, and reads all the same.
    await expect.poll(() => results.length).toBe(3);
    expect(results).toEqual([bytes(3), bytes(0), bytes(5)]);
  });
});

describe("a body that is too long is a problem", () => {
  test("by one byte, in one piece, and only once", async () => {
    sized(MAX_BYTES + 1);
    client.write(bytes(MAX_BYTES + 1));
    await ended();
    expect(results).toEqual(["body-too-large"]);
  });

  test("by one byte, in pieces, and not a byte earlier", async () => {
    sized(MAX_BYTES + 1);
    await sendInPieces(bytes(MAX_BYTES), 250);
    expect(results).toEqual([]);
    client.write("x");
    await ended();
    expect(results).toEqual(["body-too-large"]);
  });

  test("as soon as it is, though it never says how long it is and never ends", async () => {
    chunked();
    await sendInPieces(bytes(MAX_BYTES + 1), MAX_BYTES, asChunk);
    expect([results, arrived.ended]).toEqual([["body-too-large"], false]);
  });

  test("once, however much comes after it, and though the client then goes away", async () => {
    chunked();
    await sendInPieces(bytes(5 * MAX_BYTES), MAX_BYTES, asChunk);
    client.destroy();
    await gone();
    expect(results).toEqual(["body-too-large"]);
  });
});

describe.each([
  ["goes away", () => client.destroy()],
  ["breaks the connection", () => client.resetAndDestroy()],
])("a client that %s", (_how, leave) => {
  test.each([0, 10])("after %i bytes of its body is a problem, once", async (sent) => {
    sized(20);
    client.write(bytes(sent));
    await expect.poll(() => arrived).toMatchObject({ requests: 1, bytes: sent });
    leave();
    await gone();
    expect([results, arrived.ended]).toEqual([["bad-request"], false]);
  });

  test("in the middle of a body that does not say how long it is is a problem, once", async () => {
    chunked();
    await sendInPieces(bytes(10), 10, asChunk);
    leave();
    await gone();
    expect(results).toEqual(["bad-request"]);
  });

  test("after the end, while nothing has been answered, has sent its body all the same, once", async () => {
    sized(20);
    client.write(bytes(20));
    await ended();
    leave();
    await gone();
    expect(results).toEqual([bytes(20)]);
  });
});
