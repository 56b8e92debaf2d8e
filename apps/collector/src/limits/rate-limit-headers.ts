import type { OutgoingHttpHeaders } from "node:http";
import { RATE_LIMIT_HEADER, RATE_LIMIT_POLICY_HEADER } from "@org/mcp-analytics-schema";
import type { Grant, Refusal } from "./bucket-store.ts";

/** Whole seconds, rounded up: who waits that long is let in. */
export function toSeconds(ms: number): number {
  return Math.max(1, Math.ceil(ms / 1000));
}

/**
 * Value of `RateLimit`: how much the tightest limit has left (`r`) and in how many seconds it will have more (`t`), after
 * draft-ietf-httpapi-ratelimit-headers. For answers to authenticated requests only: what is left tells about the owner's traffic.
 */
export function rateLimitValue({ limitedBy, remaining, resetAtMs, takenAtMs }: Grant): string {
  return `"${limitedBy}";r=${remaining};t=${toSeconds(resetAtMs - takenAtMs)}`;
}

/** Of an answer to a request that was charged. */
export function rateLimitHeaders(policyHeader: string, grant: Grant): OutgoingHttpHeaders {
  return { [RATE_LIMIT_POLICY_HEADER]: policyHeader, [RATE_LIMIT_HEADER]: rateLimitValue(grant) };
}

/** Of a refusal by the limits of the key itself. */
export function exhaustedHeaders(policyHeader: string, { limitedBy, retryAfterMs }: Refusal): OutgoingHttpHeaders {
  return {
    [RATE_LIMIT_POLICY_HEADER]: policyHeader,
    [RATE_LIMIT_HEADER]: `"${limitedBy}";r=0;t=${toSeconds(retryAfterMs)}`,
  };
}
