import type { BucketStore, Charge, Grant, TakeResult } from "./bucket-store.ts";
import type { KeyLimits } from "./key-limits.ts";
import { createLeases } from "./leases.ts";

/** Charges keys for what they send. What a lease covers is answered at once. */
export interface KeyLimiter {
  /**
   * Charges one request with one event.
   *
   * @param nowMs Unix ms, as in the next
   */
  takeRequest(limits: KeyLimits, nowMs: number): TakeResult | Promise<TakeResult>;
  /** Charges further events of a request that was charged already. */
  takeEvents(limits: KeyLimits, events: number, nowMs: number): TakeResult | Promise<TakeResult>;
  /** Undoes a take, or a part of it. Best effort: the store may have failed in between, and its own breaker has seen it. */
  giveBack(charge: Charge, grant: Grant): void;
}

export function createKeyLimiter(buckets: BucketStore, now: () => number): KeyLimiter {
  const requests = createLeases(buckets, now);
  const events = createLeases(buckets, now);
  const forget = () => {};
  return {
    takeRequest: ({ requestAccount }, nowMs) =>
      requests.takeHeld(requestAccount, 1, nowMs) ?? requests.take(requestAccount, 1),
    takeEvents: ({ eventAccount }, count, nowMs) =>
      events.takeHeld(eventAccount, count, nowMs) ?? events.take(eventAccount, count),
    giveBack(charge, grant) {
      buckets.giveBack(charge, grant).catch(forget);
    },
  };
}
