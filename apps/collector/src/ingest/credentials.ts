import { API_KEY_HEADER, API_KEY_PATTERN } from "@org/mcp-analytics-schema";
import type { FastifyRequest } from "fastify";
import { ProblemError } from "../http/problem.ts";
import type { IngestRequest } from "./ingest-request.ts";

const API_KEY = new RegExp(API_KEY_PATTERN);
const BEARER = /^bearer (.*)$/i;

/**
 * Reads the API key and checks its grammar, so that no other text is ever hashed or looked up. Read tokens and signing
 * secrets have another prefix, so they are no API keys here.
 */
export function credentials(ingest: IngestRequest, { headers }: FastifyRequest): void {
  ingest.apiKey = readApiKey(headers);
}

/** @throws {ProblemError} `key-required`, `conflicting-credentials` or `invalid-key` */
export function readApiKey(headers: FastifyRequest["headers"]): string {
  const plain = headers[API_KEY_HEADER];
  const { authorization } = headers;
  if (plain !== undefined && authorization !== undefined) throw new ProblemError("conflicting-credentials");
  // Any other scheme presents something that is no API key.
  const bearer = authorization === undefined ? undefined : (BEARER.exec(authorization)?.[1] ?? "-");
  const text = plain ?? bearer;
  if (text === undefined || plain === "") throw new ProblemError("key-required");
  if (typeof text !== "string" || !API_KEY.test(text)) throw new ProblemError("invalid-key");
  return text;
}
