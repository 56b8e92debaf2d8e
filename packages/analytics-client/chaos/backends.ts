import { createHmac } from "node:crypto";
import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo, Server } from "node:net";
import { gzipSync } from "node:zlib";
import { startBlackHole } from "./black-hole.ts";
import { SIGNING_SECRET } from "./credentials.ts";

/** A collector that behaves in one particular way. */
export interface Backend {
  /** As in `ANALYTICS_ENDPOINT`. */
  readonly endpoint: string;
  /** Events that it has acknowledged. */
  readonly stored: () => number;
  /** What happened that never should; empty at best. */
  readonly faults: () => readonly string[];
  readonly close: () => Promise<void>;
}

export const BACKEND_NAMES = [
  "healthy",
  "closed",
  "black hole",
  "hanging",
  "slow drip",
  "500",
  "429",
  "429 with Retry-After",
  "301 elsewhere",
  "TLS error",
  "gzip bomb",
  "endless body",
  "garbage 200",
  "reset",
  "name does not resolve",
] as const;
export type BackendName = (typeof BACKEND_NAMES)[number];

type Answer = (response: ServerResponse, body: string, state: State, headers: IncomingHttpHeaders) => void;

interface State {
  stored: number;
  endlessBytes: number;
  redirected: number;
  badlySigned: number;
}

const JSON_TYPE = { "content-type": "application/json" };

const ANSWERS: Partial<Record<BackendName, Answer>> = {
  healthy(response, body, state, headers) {
    // A peer sends something else.
    const isOurs = body.startsWith('{"batchId"');
    const accepted = JSON.parse(isOurs ? body : '{"events":[]}').events.length;
    const signed = createHmac("sha256", SIGNING_SECRET).update(`${headers["x-timestamp"]}.${body}`).digest("hex");
    if (isOurs && headers["x-signature"] !== signed) state.badlySigned++;
    state.stored += accepted;
    response.writeHead(201, JSON_TYPE).end(JSON.stringify({ success: true, accepted, rejected: [] }));
  },
  hanging() {},
  "slow drip"(response) {
    response.writeHead(201, JSON_TYPE);
    const drip = setInterval(() => response.write(" "), 100);
    response.on("close", () => clearInterval(drip));
  },
  "500": (response) => response.writeHead(500, JSON_TYPE).end('{"error":"internal"}'),
  "429": (response) => response.writeHead(429, JSON_TYPE).end('{"error":"Rate limit exceeded"}'),
  "429 with Retry-After": (response) =>
    response.writeHead(429, { ...JSON_TYPE, "retry-after": "3600" }).end('{"error":"Rate limit exceeded"}'),
  "gzip bomb": (response) =>
    response.writeHead(201, { ...JSON_TYPE, "content-encoding": "gzip" }).end(gzipSync(Buffer.alloc(50_000_000))),
  "endless body"(response, _body, state) {
    response.writeHead(201, JSON_TYPE);
    const chunk = Buffer.alloc(65_536, "x");
    const more = (): void => {
      while (!response.destroyed && response.write(chunk)) state.endlessBytes += chunk.length;
      if (!response.destroyed) response.once("drain", more);
    };
    more();
  },
  "garbage 200": (response) => response.writeHead(200).end("<html>Welcome to the hotel network</html>"),
  reset: (response) => response.destroy(),
};

/** More than this of an endless answer means that somebody is reading it to its end. */
const MAX_ENDLESS_BYTES = 30_000_000;

export async function startBackend(name: BackendName): Promise<Backend> {
  const state: State = { stored: 0, endlessBytes: 0, redirected: 0, badlySigned: 0 };
  const servers: Server[] = [];
  const closing: (() => Promise<void>)[] = [];
  const listen = async (server: Server): Promise<number> => {
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return (server.address() as AddressInfo).port;
  };
  const serve = (answer: Answer) =>
    createServer((request, response) => {
      const chunks: Buffer[] = [];
      response.on("error", () => {});
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => answer(response, Buffer.concat(chunks).toString("utf8"), state, request.headers));
    });

  async function open(): Promise<string> {
    if (name === "name does not resolve") return "https://no-such-collector.invalid";
    if (name === "black hole") {
      const hole = await startBlackHole();
      closing.push(hole.close);
      return `http://127.0.0.1:${hole.port}`;
    }
    if (name === "closed") {
      const port = await listen(serve(() => {}));
      await stop();
      return `http://127.0.0.1:${port}`;
    }
    // Without a certificate every handshake fails.
    if (name === "TLS error") return `https://127.0.0.1:${await listen(createTlsServer({}))}`;
    if (name === "301 elsewhere") {
      const elsewhere = await listen(
        serve((response) => {
          state.redirected++;
          response.end();
        }),
      );
      const location = `http://localhost:${elsewhere}/v1/events/batch`;
      return `http://127.0.0.1:${await listen(serve((response) => response.writeHead(301, { location }).end()))}`;
    }
    return `http://127.0.0.1:${await listen(serve(ANSWERS[name] ?? (() => {})))}`;
  }

  async function stop(): Promise<void> {
    for (const close of closing.splice(0)) await close();
    for (const server of servers.splice(0)) {
      if ("closeAllConnections" in server) (server as ReturnType<typeof createServer>).closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  }

  const origin = await open();
  return {
    endpoint: `${origin}/v1/events`,
    stored: () => state.stored,
    faults: () => [
      ...(state.badlySigned > 0 ? [`${state.badlySigned} requests with a wrong signature`] : []),
      ...(state.redirected > 0 ? ["the key was carried to another origin"] : []),
      ...(state.endlessBytes > MAX_ENDLESS_BYTES ? [`${state.endlessBytes} bytes of an endless answer were read`] : []),
    ],
    close: stop,
  };
}
