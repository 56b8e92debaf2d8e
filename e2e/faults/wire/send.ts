import { createHmac } from "node:crypto";
import { Agent, request } from "node:http";
import {
  API_KEY_HEADER,
  JSON_CONTENT_TYPE,
  SIGNATURE_HEADER,
  signingPrefix,
  TIMESTAMP_HEADER,
} from "@org/mcp-analytics-schema";

/** What came of one request, as far as its sender knows. */
export interface Reply {
  /** undefined: the connection was lost or refused, or nothing came in time. */
  readonly status: number | undefined;
  /** `code` of a problem */
  readonly code: string | undefined;
  readonly json: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly tookMs: number;
}

export interface SendOptions {
  readonly apiKey?: string;
  /** Signs with this secret. */
  readonly signingSecret?: string | undefined;
  /** What `X-Timestamp` says; defaults to now. */
  readonly signedAtMs?: number;
  readonly timeoutMs?: number;
}

/** Each request has a connection of its own: one that is kept may be closed by the server just as it is used again. */
const agent = new Agent({ keepAlive: false });

/** Sends one POST. Never rejects. */
export function send(url: string, body: string, options: SendOptions = {}): Promise<Reply> {
  const { apiKey, signingSecret, signedAtMs = Date.now(), timeoutMs = 20_000 } = options;
  const startMs = performance.now();
  const headers: Record<string, string> = { "content-type": JSON_CONTENT_TYPE };
  if (apiKey !== undefined) headers[API_KEY_HEADER] = apiKey;
  if (signingSecret !== undefined) {
    headers[TIMESTAMP_HEADER] = String(signedAtMs);
    const hmac = createHmac("sha256", signingSecret).update(signingPrefix(signedAtMs)).update(body);
    headers[SIGNATURE_HEADER] = hmac.digest("hex");
  }
  return new Promise((resolve) => {
    const settle = (status?: number, text = "", received: Reply["headers"] = {}) => {
      const json = parse(text);
      const code = typeof json.code === "string" ? json.code : undefined;
      resolve({ status, code, json, headers: received, tookMs: performance.now() - startMs });
    };
    const sent = request(url, { method: "POST", agent, headers, signal: AbortSignal.timeout(timeoutMs) }, (answer) => {
      let text = "";
      answer.setEncoding("utf8");
      answer.on("data", (chunk: string) => {
        text += chunk;
      });
      answer.on("error", () => settle());
      answer.on("end", () => settle(answer.statusCode, text, answer.headers));
    });
    sent.on("error", () => settle());
    sent.end(body);
  });
}

function parse(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

/** Status of a GET; undefined when nothing came. */
export async function statusOf(url: string, timeoutMs = 5_000): Promise<number | undefined> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(timeoutMs) });
    await answer.arrayBuffer();
    return answer.status;
  } catch {
    return undefined;
  }
}
