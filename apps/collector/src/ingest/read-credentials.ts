import type { IncomingHttpHeaders } from "node:http";
import { API_KEY_HEADER, API_KEY_PREFIX, type ProblemCode } from "@org/mcp-analytics-schema";

const API_KEY_LENGTH = API_KEY_PREFIX.length + 64;
const BEARER = /^bearer (.*)$/i;

export type Credentials = { readonly apiKey: string } | { readonly problem: ProblemCode };

const REQUIRED: Credentials = { problem: "key-required" };
const CONFLICTING: Credentials = { problem: "conflicting-credentials" };
const INVALID: Credentials = { problem: "invalid-key" };

/**
 * Takes the API key from the headers and checks its grammar, so that no other text is ever hashed or looked up. Read tokens
 * and signing secrets have another prefix and so are no keys here.
 */
export function readCredentials(headers: IncomingHttpHeaders): Credentials {
  const plain = headers[API_KEY_HEADER];
  const { authorization } = headers;
  if (plain !== undefined && authorization !== undefined) return CONFLICTING;
  // Another scheme, or none, presents something that is no key.
  const bearer = authorization === undefined ? undefined : (BEARER.exec(authorization)?.[1] ?? "-");
  const text = plain ?? bearer;
  if (text === undefined || plain === "") return REQUIRED;
  return typeof text === "string" && isApiKey(text) ? { apiKey: text } : INVALID;
}

/** Says the same as `API_KEY_PATTERN`, which would take more time than everything else here. */
export function isApiKey(text: string): boolean {
  if (text.length !== API_KEY_LENGTH || !text.startsWith(API_KEY_PREFIX)) return false;
  for (let i = API_KEY_PREFIX.length; i < API_KEY_LENGTH; i++) {
    const code = text.charCodeAt(i);
    const isHex = (code >= 0x30 && code <= 0x39) || (code >= 0x61 && code <= 0x66);
    if (!isHex) return false;
  }
  return true;
}
