import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** Takes everything and stores nothing, on a loopback port. */
export interface Sink {
  readonly origin: string;
  readonly requests: () => number;
  readonly events: () => number;
  close(): Promise<void>;
}

export async function startSink(): Promise<Sink> {
  let requests = 0;
  let events = 0;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      requests++;
      const isBatch = request.url === "/v1/events/batch";
      const accepted = isBatch ? JSON.parse(Buffer.concat(chunks).toString("utf8")).events.length : 1;
      events += accepted;
      response.writeHead(isBatch ? 201 : 200, { "content-type": "application/json" });
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
