import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** Stands between a client and a collector, and keeps the books by the collector's own answers. */
export interface LossyRelay {
  readonly origin: string;
  /** Events that the collector says it stored, repeated deliveries not counted again. */
  readonly stored: () => number;
  /** Deliveries that the collector had seen before. */
  readonly repeated: () => number;
  /** Batch ids that the collector stored more than once: never any. */
  readonly storedTwice: () => readonly string[];
  /** The longest that a request took, from its last byte to its answer. */
  readonly slowestMs: () => number;
  /** Resolves when nothing is under way. */
  quiet(): Promise<void>;
  close(): Promise<void>;
}

/** @param loseEvery every so many answers are lost after the collector has stored the batch, so that the client must repeat it */
export async function startLossyRelay(collectorOrigin: string, loseEvery: number): Promise<LossyRelay> {
  const storedByBatch = new Map<string, number>();
  const storedTwice: string[] = [];
  let repeated = 0;
  let answers = 0;
  let underWay = 0;
  let slowestMs = 0;

  async function forward(path: string, headers: Record<string, string>, body: string): Promise<[number, string]> {
    const response = await fetch(collectorOrigin + path, { method: "POST", headers, body });
    const text = await response.text();
    const answer = JSON.parse(text);
    const { batchId } = JSON.parse(body);
    if (response.status === 201 && answer.duplicate) repeated++;
    else if (response.status === 201) {
      if (storedByBatch.has(batchId)) storedTwice.push(batchId);
      storedByBatch.set(batchId, answer.accepted);
    }
    return [response.status, text];
  }

  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", async () => {
      underWay++;
      const startedAt = performance.now();
      try {
        const { host: _host, connection: _connection, ...headers } = request.headers as Record<string, string>;
        const [status, text] = await forward(request.url ?? "", headers, Buffer.concat(chunks).toString("utf8"));
        if (++answers % loseEvery === 0) response.destroy();
        else response.writeHead(status, { "content-type": "application/json" }).end(text);
      } catch {
        response.destroy();
      }
      slowestMs = Math.max(slowestMs, performance.now() - startedAt);
      underWay--;
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stored: () => [...storedByBatch.values()].reduce((sum, accepted) => sum + accepted, 0),
    repeated: () => repeated,
    storedTwice: () => storedTwice,
    slowestMs: () => slowestMs,
    async quiet() {
      // Bytes of a killed client may still be on their way for a moment.
      for (let calm = 0; calm < 5; calm = underWay === 0 ? calm + 1 : 0) {
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
