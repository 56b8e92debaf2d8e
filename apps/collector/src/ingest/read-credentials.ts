import type { IncomingHttpHeaders } from "node:http";
import { API_KEY_HEADER, API_KEY_PATTERN, type ProblemCode } from "@org/mcp-analytics-schema";

const API_KEY = new RegExp(API_KEY_PATTERN);
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
  return typeof text === "string" && API_KEY.test(text) ? { apiKey: text } : INVALID;
}
