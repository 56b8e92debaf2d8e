import type { IncomingMessage, RequestOptions } from "node:http";

/** Header names in lower case. */
export type Headers = Readonly<Record<string, string | undefined>>;

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}

/** Sends one request. Rejects where no complete answer came. */
export interface Transport {
  send(body: Buffer, headers: Record<string, string>): Promise<Answer>;
  close(): void;
}

/** From the first byte out to the last byte in (G21). */
export const ATTEMPT_TIMEOUT_MS = 5_000;

/** Far above any answer of ours (100 refused events are 5 KB). */
const MAX_ANSWER_BYTES = 32 * 1024;

/** One keep-alive connection that never keeps the process alive; redirects are not followed, so the key stays with its origin. */
export function createTransport(url: URL, timeoutMs: number = ATTEMPT_TIMEOUT_MS): Transport {
  let connection: Promise<(options: RequestOptions, onAnswer: (answer: IncomingMessage) => void) => RequestHandle>;
  let close = (): void => {};

  // Loaded on first use: importing this package must cost the host nothing.
  const open = async () => {
    const http = url.protocol === "https:" ? await import("node:https") : await import("node:http");
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    close = () => agent.destroy();
    return (options: RequestOptions, onAnswer: (answer: IncomingMessage) => void) =>
      http.request(url, { ...options, agent }, onAnswer);
  };

  return {
    async send(body, headers) {
      connection ??= open();
      const request = await connection;
      return new Promise((resolve, reject) => {
        const outgoing = request({ method: "POST", headers }, (incoming) => readAnswer(incoming, resolve, reject));
        const timer = setTimeout(() => outgoing.destroy(new Error("no answer in time")), timeoutMs);
        timer.unref();
        outgoing.on("socket", (socket) => socket.unref());
        outgoing.on("error", reject);
        outgoing.on("close", () => {
          clearTimeout(timer);
          reject(new Error("connection closed"));
        });
        outgoing.end(body);
      });
    },
    close: () => close(),
  };
}

type RequestHandle = import("node:http").ClientRequest;

function readAnswer(
  incoming: IncomingMessage,
  resolve: (answer: Answer) => void,
  reject: (error: Error) => void,
): void {
  const chunks: Buffer[] = [];
  let size = 0;
  incoming.on("data", (chunk: Buffer) => {
    size += chunk.length;
    if (size > MAX_ANSWER_BYTES) incoming.destroy(new Error("answer too large"));
    else chunks.push(chunk);
  });
  incoming.on("error", reject);
  incoming.on("end", () => {
    const body = Buffer.concat(chunks).toString("utf8");
    resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers as Headers, body });
  });
}
