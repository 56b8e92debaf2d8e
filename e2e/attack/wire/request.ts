import { API_KEY_HEADER, EVENTS_PATH, JSON_CONTENT_TYPE } from "@org/mcp-analytics-schema";
import type { AttackKey } from "../stack/attack-keys.ts";

export type HeaderList = readonly (readonly [string, string])[];

/** What was sent, as far as the ledger needs it. */
export interface SentRequest {
  readonly path: string;
  readonly body: string;
  readonly key: AttackKey | undefined;
  readonly signed: boolean;
}

export interface RequestParts {
  readonly method?: string;
  readonly path?: string;
  /** Sent as `X-API-Key` unless `headers` say otherwise. */
  readonly key?: AttackKey | undefined;
  readonly headers?: HeaderList;
  /** Without the headers that an ordinary client sends. */
  readonly bare?: boolean;
  readonly body?: string | Uint8Array;
  readonly version?: string;
}

/** The bytes of one request. `Content-Length` is added unless the headers frame the body themselves. */
export function requestBytes(authority: string, parts: RequestParts): Buffer {
  const { method = "POST", path = EVENTS_PATH, key, headers = [], bare = false, body = "", version = "1.1" } = parts;
  const given = new Set(headers.map(([name]) => name.toLowerCase()));
  const bytes = typeof body === "string" ? Buffer.from(body, "utf8") : Buffer.from(body);
  const own: [string, string][] = [];
  const add = (name: string, value: string) => {
    if (!given.has(name.toLowerCase())) own.push([name, value]);
  };
  add("Host", authority);
  if (!bare) {
    if (method === "POST") add("Content-Type", JSON_CONTENT_TYPE);
    if (key !== undefined && !given.has("authorization")) add(API_KEY_HEADER, key.apiKey);
    if (!given.has("transfer-encoding") && (method === "POST" || bytes.length > 0))
      add("Content-Length", String(bytes.length));
  }
  const lines = [...own, ...headers].map(([name, value]) => `${name}: ${value}\r\n`).join("");
  return Buffer.concat([Buffer.from(`${method} ${path} HTTP/${version}\r\n${lines}\r\n`, "latin1"), bytes]);
}

/** A body as chunks. */
export function chunks(parts: readonly string[], end = "0\r\n\r\n"): string {
  return parts.map((part) => `${Buffer.byteLength(part).toString(16)}\r\n${part}\r\n`).join("") + end;
}
