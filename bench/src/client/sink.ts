import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** Takes everything and stores nothing, on a loopback port. */
export interface Sink {
  readonly origin: string;
  readonly requests: () => number;
  readonly events: () => number;
  close(): Promise<void>;
}

/** Asked by `GET`, answered once no other request has come for so long. */
const QUIET_MS = 40;

/** A limit that nobody reaches, in the terms of the wire contract: what is measured is the sending, not the waiting. */
const WIDE_LIMIT = { ratelimit: '"burst";r=100000;t=0', "ratelimit-policy": '"burst";q=100000;w=60' };

export async function startSink(): Promise<Sink> {
  let requests = 0;
  let events = 0;
  let lastAt = 0;
  const server = createServer((request, response) => {
    if (request.method === "GET") {
      const answerWhenQuiet = (): void => {
        const quietInMs = lastAt + QUIET_MS - performance.now();
        if (quietInMs <= 0) response.end();
        else setTimeout(answerWhenQuiet, quietInMs);
      };
      answerWhenQuiet();
      return;
    }
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      requests++;
      lastAt = performance.now();
      const isBatch = request.url === "/v1/events/batch";
      const accepted = isBatch ? JSON.parse(Buffer.concat(chunks).toString("utf8")).events.length : 1;
      events += accepted;
      response.writeHead(isBatch ? 201 : 200, { "content-type": "application/json", ...WIDE_LIMIT });
      response.end(JSON.stringify({ success: true, accepted, rejected: [], status: 1 }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests: () => requests,
    events: () => events,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
