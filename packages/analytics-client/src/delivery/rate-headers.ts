import { RATE_LIMIT_HEADER, RATE_LIMIT_POLICY_HEADER, RETRY_AFTER_HEADER } from "@org/mcp-analytics-schema/constants";
import type { Headers } from "./transport.ts";

/** What an answer says about the rate limit. */
export interface RateState {
  /** Requests left now. */
  readonly remaining: number | undefined;
  /** Size of the burst bucket, and how many milliseconds a token takes to come back; false: nothing was said. */
  readonly bucket: { readonly capacity: number; readonly refillMs: number } | false;
  /** Nothing before then, Unix milliseconds here. */
  readonly retryAt: number;
}

/** Longest wait that is believed, for a token too, so that one broken answer cannot silence the client for good. */
const MAX_WAIT_MS = 3_600_000;

/** Reads `RateLimit` (`"name";r=left;t=seconds`), `RateLimit-Policy` (`"burst";q=size;w=seconds`) and `Retry-After`. */
export function readRate(headers: Headers, now: number): RateState {
  // A size has at most nine digits; a time may have any number, as it is cut.
  const numbers = (name: string, pattern: RegExp): number[] | undefined =>
    pattern
      .exec(headers[name] ?? "")
      ?.slice(1)
      .map(Number);
  const [remaining, moreIn = 0] = numbers(RATE_LIMIT_HEADER, /;r=(\d{1,9});t=(\d+)/) ?? [];
  const [capacity = 0, windowS = 0] = numbers(RATE_LIMIT_POLICY_HEADER, /"burst";q=(\d{1,9});w=(\d+)/) ?? [];
  const [retryAfterS = 0] = numbers(RETRY_AFTER_HEADER, /^(\d+)$/) ?? [];
  const waitMs = Math.max(remaining === 0 ? moreIn : 0, retryAfterS) * 1_000;
  return {
    remaining,
    bucket: capacity > 1 && windowS > 0 && { capacity, refillMs: Math.min((windowS * 1_000) / capacity, MAX_WAIT_MS) },
    retryAt: now + Math.min(waitMs, MAX_WAIT_MS),
  };
}
