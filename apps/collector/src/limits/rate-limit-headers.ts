import { RATE_LIMIT_HEADER, RATE_LIMIT_POLICY_HEADER } from "@org/mcp-analytics-schema";
import type { Grant, Refusal } from "./bucket-store.ts";

/** Whole seconds, rounded up, so that a client which waits that long is admitted. */
export function toSeconds(ms: number): number {
  return Math.max(1, Math.ceil(ms / 1000));
}

/**
 * Rate headers of a request that was charged, after draft-ietf-httpapi-ratelimit-headers: what the tightest limit has left
 * (`r`) and in how many seconds it gains more (`t`). For authenticated requests only: they reveal the owner's traffic.
 */
export function rateLimitHeaders(policyHeader: string, grant: Grant): Record<string, string> {
  const { limitedBy, remaining, resetAtMs, takenAtMs } = grant;
  return {
    [RATE_LIMIT_POLICY_HEADER]: policyHeader,
    [RATE_LIMIT_HEADER]: `"${limitedBy}";r=${remaining};t=${toSeconds(resetAtMs - takenAtMs)}`,
  };
}

/** Rate headers of a request that a limit of its key refused. */
export function exhaustedHeaders(policyHeader: string, { limitedBy, retryAfterMs }: Refusal): Record<string, string> {
  return {
    [RATE_LIMIT_POLICY_HEADER]: policyHeader,
    [RATE_LIMIT_HEADER]: `"${limitedBy}";r=0;t=${toSeconds(retryAfterMs)}`,
  };
}
