import { RATE_LIMIT_HEADER, RETRY_AFTER_HEADER } from "@org/mcp-analytics-schema/constants";
import type { Headers } from "./transport.ts";

/** What an answer says about the rate limit. */
export interface RateState {
  /** Requests left now. */
  readonly remaining?: number | undefined;
  /** Size of the burst bucket. */
  readonly limit?: number | undefined;
  /** Nothing before then, Unix milliseconds here. */
  readonly retryAt?: number | undefined;
}

/** Longest wait that is believed; longer ones are cut, so that one broken answer cannot silence the client for good. */
const MAX_WAIT_MS = 60 * 60_000;

/** Reads `RateLimit` (`"name";r=remaining;t=seconds`, the tightest of several counts) and `Retry-After` (seconds or a date). */
export function readRate(headers: Headers, now: number): RateState {
  let remaining: number | undefined;
  let retryAt: number | undefined;
  for (const item of (headers[RATE_LIMIT_HEADER] ?? "").split(",")) {
    const left = readParameter(item, "r");
    if (left === undefined) continue;
    remaining = Math.min(remaining ?? left, left);
    if (left === 0) retryAt = later(retryAt, now + (readParameter(item, "t") ?? 0) * 1000);
  }
  const wait = headers[RETRY_AFTER_HEADER];
  if (wait !== undefined) {
    const at = /^\d+$/.test(wait) ? now + Number(wait) * 1000 : Date.parse(wait);
    if (!Number.isNaN(at)) retryAt = later(retryAt, at);
  }
  return { remaining, retryAt: retryAt === undefined ? undefined : Math.min(retryAt, now + MAX_WAIT_MS) };
}

function later(a: number | undefined, b: number): number {
  return a === undefined ? b : Math.max(a, b);
}

function readParameter(item: string, name: string): number | undefined {
  const found = new RegExp(`;\\s*${name}=(\\d{1,9})\\b`).exec(item);
  return found ? Number(found[1]) : undefined;
}
