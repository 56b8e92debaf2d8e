import { MAX_EVENTS_PER_BATCH, TIERS } from "@org/mcp-analytics-schema/constants";
import type { RateState } from "./rate-headers.ts";

/** How long events wait for company while the bucket is full. */
export const GATHER_MS = 1_000;

/** A token every 40 s: 90 an hour, which together with the burst of 10 never exceeds 100 in any rolling hour. */
export const REFILL_MS = 40_000;

const CAPACITY = TIERS.free.burstRequests;
/** Left in the bucket for the last flush before the process ends. */
const RESERVE = 1;

/**
 * Decides when a request may go out, so that the collector never has to refuse one. Keeps its own copy of the collector's
 * token bucket and corrects it by every answer's rate headers.
 */
export interface Pacing {
  /**
   * Milliseconds until the next batch should go; 0 = now. At most {@link REFILL_MS} unless the collector said otherwise.
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
  let capacity: number = CAPACITY;
  let tokens: number = CAPACITY;
  let countedAt = startedAt;
  let lastSpentAt = Number.NEGATIVE_INFINITY;
  let closedUntil = 0;

  const refill = (now: number): number => {
    if (now > countedAt) tokens = Math.min(capacity, tokens + ((now - countedAt) / REFILL_MS) * (capacity / CAPACITY));
    countedAt = now;
    return tokens;
  };

  return {
    waitMs(now, waiting, oldestAt) {
      const usable = refill(now) - RESERVE;
      const untilOpen = Math.max(0, closedUntil - now);
      if (usable < 1) return Math.max(untilOpen, Math.ceil((1 - usable) * REFILL_MS * (CAPACITY / capacity)));
      // A full batch gains nothing by waiting.
      if (waiting >= MAX_EVENTS_PER_BATCH) return untilOpen;
      // The emptier the bucket, the wider the spacing: none while it is full, the refill time once it is empty.
      const emptiness = Math.max(0, 1 - usable / (capacity - RESERVE));
      const spacing = lastSpentAt + REFILL_MS * emptiness ** 2 - now;
      return Math.max(untilOpen, Math.ceil(spacing), oldestAt + GATHER_MS - now, 0);
    },
    flushWaitMs(now) {
      const missing = 1 - refill(now);
      return Math.max(0, closedUntil - now, Math.ceil(missing * REFILL_MS * (CAPACITY / capacity)));
    },
    spend(now) {
      refill(now);
      tokens = Math.max(0, tokens - 1);
      lastSpentAt = now;
    },
    learn({ remaining, limit, retryAt }, now) {
      refill(now);
      if (limit !== undefined && limit > capacity) capacity = limit;
      if (remaining !== undefined) tokens = Math.min(remaining, capacity);
      if (retryAt !== undefined) closedUntil = Math.max(closedUntil, retryAt);
    },
  };
}
