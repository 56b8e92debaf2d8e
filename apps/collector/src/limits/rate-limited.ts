import { RETRY_AFTER_HEADER } from "@org/mcp-analytics-schema";
import { ProblemError } from "../http/problem.ts";
import type { Refusal } from "./bucket-store.ts";
import { exhaustedHeaders, toSeconds } from "./rate-limit-headers.ts";
import { DAY_MS } from "./token-bucket.ts";

/** Clients that wait for midnight return spread over this time after it. */
const MIDNIGHT_SPREAD_MS = 300_000;

/** The 429 for an exhausted limit: its size, and when it admits requests again. */
export function rateLimited(
  { limit, resetAtMs, retryAfterMs }: Pick<Refusal, "limit" | "resetAtMs" | "retryAfterMs">,
  headers: Readonly<Record<string, string>> = {},
): ProblemError {
  const spreadMs = resetAtMs % DAY_MS === 0 ? Math.random() * MIDNIGHT_SPREAD_MS : 0;
  const retryAfter = String(toSeconds(retryAfterMs + spreadMs));
  return new ProblemError(
    "rate-limited",
    { limit, resetAt: Math.ceil(resetAtMs) },
    { ...headers, [RETRY_AFTER_HEADER]: retryAfter },
  );
}

/** The 429 for a limit of an API key. Its owner also gets the rate headers. */
export function keyRateLimited(policyHeader: string, refusal: Refusal): ProblemError {
  return rateLimited(refusal, exhaustedHeaders(policyHeader, refusal));
}
