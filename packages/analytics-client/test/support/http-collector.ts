import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";

export interface HttpRequest {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** Which connection it came in on, counted from 1. */
  readonly connection: number;
}

export interface HttpCollector {
  /** As in `ANALYTICS_ENDPOINT`. */
  readonly endpoint: string;
  readonly url: URL;
  readonly requests: HttpRequest[];
  /** How to answer; default: store everything. */
  answer: (response: ServerResponse, request: HttpRequest, incoming: IncomingMessage) => void;
  /** Resolves when that many requests have come. */
  received(count: number): Promise<void>;
  close(): Promise<void>;
}

/** A 201 that stores the whole batch. */
export function store(response: ServerResponse, { body }: HttpRequest): void {
  const accepted = JSON.parse(body).events.length;
  response.writeHead(201, { "content-type": "application/json" });
  response.end(JSON.stringify({ success: true, accepted, rejected: [] }));
}

/** A real HTTP server on a loopback port that behaves as the contract says, or as badly as a test wants. */
export async function startHttpCollector(): Promise<HttpCollector> {
  const connections = new Map<Socket, number>();
  const waiting: (() => void)[] = [];
  const server = createServer((incoming, response) => {
    const chunks: Buffer[] = [];
    incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
    incoming.on("end", () => {
      const request: HttpRequest = {
        path: incoming.url ?? "",
        headers: incoming.headers,
        body: Buffer.concat(chunks).toString("utf8"),
        connection: connections.get(incoming.socket) ?? 0,
      };
      collector.requests.push(request);
      collector.answer(response, request, incoming);
      for (const check of waiting) check();
    });
  });
  server.on("connection", (socket) => connections.set(socket, connections.size + 1));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const endpoint = `http://127.0.0.1:${port}/v1/events`;
  const collector: HttpCollector = {
    endpoint,
    url: new URL(`${endpoint}/batch`),
    requests: [],
    answer: store,
    received: (count) =>
      new Promise((resolve) => {
        const check = (): void => {
          if (collector.requests.length >= count) resolve();
        };
        waiting.push(check);
        check();
      }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return collector;
}
