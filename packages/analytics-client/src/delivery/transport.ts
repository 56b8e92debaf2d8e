import type { Agent } from "node:http";

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

/** From the first byte out to the last byte in. */
export const ATTEMPT_TIMEOUT_MS = 5_000;

/** Far above any answer of ours (100 refused events are 5 KB). */
const MAX_ANSWER_LENGTH = 32_768;

/** One keep-alive connection that never keeps the process alive; redirects are not followed, so the key stays with its origin. */
export function createTransport(url: URL, timeoutMs: number = ATTEMPT_TIMEOUT_MS): Transport {
  let http: typeof import("node:http") | undefined;
  let agent: Agent | undefined;
  return {
    async send(body, headers) {
      // Loaded on first use: importing this package must cost the host nothing.
      http ??= (await import(url.protocol === "https:" ? "node:https" : "node:http")) as typeof import("node:http");
      agent ??= new http.Agent({ keepAlive: true });
      const request = http.request(url, { method: "POST", headers, agent });
      return new Promise((resolve, reject) => {
        // A signal would say the same at three times the cost of the rest.
        const timer = setTimeout(() => request.destroy(), timeoutMs).unref();
        request.on("response", (answer) => {
          let text = "";
          answer.setEncoding("utf8");
          answer.on("data", (part: string) => {
            text += part;
            if (text.length > MAX_ANSWER_LENGTH) request.destroy();
          });
          answer.on("end", () =>
            resolve({ status: answer.statusCode as number, headers: answer.headers as Headers, body: text }),
          );
        });
        request.on("socket", (socket) => socket.unref());
        request.on("error", reject);
        // Comes last and always; by then an answer that was complete has been taken.
        request.on("close", () => {
          clearTimeout(timer);
          reject();
        });
        request.end(body);
      });
    },
    close: () => agent?.destroy(),
  };
}
