import { MAX_EVENTS_PER_BATCH } from "@org/mcp-analytics-schema/constants";
import type { RateState } from "./rate-headers.ts";

/** How long events wait for company while the bucket is full. */
export const GATHER_MS = 1_000;

/** The bucket of a free key, until the collector names another: 10 at once, 90 an hour. A test holds it equal to the schema's. */
export const FREE_BUCKET = { capacity: 10, refillMs: 40_000 } as const;

/** Left in the bucket for the last flush before the process ends. */
const RESERVE = 1;

/**
 * Decides when a request may go out, so that the collector never has to refuse one. Keeps its own copy of the collector's
 * token bucket and corrects it by every answer.
 */
export interface Pacing {
  /**
   * Milliseconds until the next batch should go; 0 or less = now. At most the time of a token unless the collector said more.
   *
   * @param waiting number of events that wait, at least 1
   * @param oldestAt when the oldest of them was queued
   */
  waitMs(now: number, waiting: number, oldestAt: number): number;
  /** The same for a flush, which waits for neither company nor spacing and may use the reserve. */
  flushWaitMs(now: number): number;
  /** A request goes out. */
  spend(now: number): void;
  /** Takes over what an answer said. */
  learn(rate: RateState, now: number): void;
}

export function createPacing(startedAt: number): Pacing {
  let bucket: { readonly capacity: number; readonly refillMs: number } = FREE_BUCKET;
  let tokens: number = bucket.capacity;
  let countedAt = startedAt;
  let spentAt = 0;
  let closedUntil = 0;

  function refill(now: number): void {
    tokens = Math.min(bucket.capacity, tokens + Math.max(0, now - countedAt) / bucket.refillMs);
    // A clock that was set back must not stretch the spacing.
    spentAt = Math.min(spentAt, now);
    countedAt = now;
  }

  function untilTokens(needed: number, now: number): number {
    refill(now);
    return Math.max(closedUntil - now, Math.ceil((needed - tokens) * bucket.refillMs));
  }

  return {
    waitMs(now, waiting, oldestAt) {
      const untilToken = untilTokens(1 + RESERVE, now);
      // A full batch gains nothing by waiting.
      if (untilToken > 0 || waiting >= MAX_EVENTS_PER_BATCH) return untilToken;
      // The emptier the bucket, the wider the spacing: none while it is full, the time of a token once it is empty.
      const emptiness = 1 - (tokens - RESERVE) / (bucket.capacity - RESERVE);
      return Math.max(spentAt + bucket.refillMs * emptiness ** 2, oldestAt + GATHER_MS) - now;
    },
    flushWaitMs: (now) => untilTokens(1, now),
    spend(now) {
      refill(now);
      tokens = Math.max(0, tokens - 1);
      spentAt = now;
    },
    learn({ remaining, bucket: named, retryAt }, now) {
      if (named) bucket = named;
      refill(now);
      if (remaining !== undefined) tokens = Math.min(remaining, bucket.capacity);
      closedUntil = retryAt;
    },
  };
}
