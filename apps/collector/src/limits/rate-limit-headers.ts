import { RATE_LIMIT_HEADER, RATE_LIMIT_POLICY_HEADER, RETRY_AFTER_HEADER } from "@org/mcp-analytics-schema";
import type { FastifyReply } from "fastify";
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

/** On an answer to a request that was charged. */
export function setRateLimitHeaders(reply: FastifyReply, policyHeader: string, grant: Grant): void {
  reply.header(RATE_LIMIT_POLICY_HEADER, policyHeader).header(RATE_LIMIT_HEADER, rateLimitValue(grant));
}

/** On a refusal by the limits of the key itself. */
export function setExhaustedHeaders(reply: FastifyReply, policyHeader: string, refusal: Refusal): void {
  reply
    .header(RATE_LIMIT_POLICY_HEADER, policyHeader)
    .header(RATE_LIMIT_HEADER, `"${refusal.limitedBy}";r=0;t=${toSeconds(refusal.retryAfterMs)}`);
}

export function setRetryAfter(reply: FastifyReply, retryAfterMs: number): void {
  reply.header(RETRY_AFTER_HEADER, toSeconds(retryAfterMs));
}
