import { MAX_EVENTS_PER_BATCH, TIERS, type Tier } from "@org/mcp-analytics-schema";
import type { Charge, DayWindowPolicy, TokenBucketPolicy } from "./bucket-store.ts";
import { LEASE_MS, type LeasedAccount, MIN_LEASED_USE } from "./leases.ts";

const HOUR_MS = 3_600_000;
/** A lease is at most this part of the requests that a key may send at once or in a day, or as many full batches. */
const LEASES_PER_LIMIT = 20;

/** What decides the limits of a key. */
export interface LimitedKey {
  readonly projectId: number;
  /** Stays the same when the key is rotated, so that rotating resets nothing. */
  readonly keyId: number;
  readonly tier: Tier;
  /** Overrides the requests per day of the tier. */
  readonly rateLimitPerDay: number | null;
}

/** The limits of one key, ready to be charged. */
export interface KeyLimits {
  /** One request with one event. */
  readonly request: Charge;
  /** The one event of a request, without the request itself. */
  readonly event: Charge;
  /** Requests with one event each. */
  readonly requestAccount: LeasedAccount;
  /** Further events of requests that were charged already. */
  readonly eventAccount: LeasedAccount;
  /** Value of `RateLimit-Policy`. */
  readonly policyHeader: string;
  /** Further events of a request that was charged already. */
  events(count: number): Charge;
}

/**
 * Burst and hour are one bucket: what it holds at once plus what it gains in an hour is the hour's limit, so no rolling
 * hour ever sees more. Where requests are leased they may have been taken `LEASE_MS` before that hour, so the bucket fills a
 * little more slowly.
 */
export function keyLimits({ projectId, keyId, tier, rateLimitPerDay }: LimitedKey): KeyLimits {
  const limits = TIERS[tier];
  const day: DayWindowPolicy = { name: "day", limit: rateLimitPerDay ?? limits.requestsPerDay };
  const maxAhead = Math.floor(Math.min(limits.burstRequests, day.limit) / LEASES_PER_LIMIT);
  const refillPerMs = (limits.requestsPerHour - limits.burstRequests) / (HOUR_MS + (maxAhead > 0 ? LEASE_MS : 0));
  const bucket: TokenBucketPolicy = { name: "burst", capacity: limits.burstRequests, refillPerMs };
  const events: DayWindowPolicy = { name: "events", limit: limits.eventsPerDay };
  const partition = `k:${projectId}.${keyId}`;
  const buckets = [bucket];
  const charge = (cost: number, eventCount: number): Charge => ({
    partition,
    buckets,
    windows: [
      { ...day, cost },
      { ...events, cost: eventCount },
    ],
    cost,
  });
  const request = charge(1, 1);
  return {
    request,
    event: charge(0, 1),
    requestAccount: {
      partition,
      maxAhead,
      minUse: MIN_LEASED_USE,
      isPerDay: false,
      charge: (requests) => (requests === 1 ? request : charge(requests, requests)),
    },
    eventAccount: {
      partition,
      maxAhead: maxAhead * MAX_EVENTS_PER_BATCH,
      // The first event of each was charged with its request.
      minUse: MIN_LEASED_USE * (MAX_EVENTS_PER_BATCH - 1),
      isPerDay: true,
      charge: (count) => charge(0, count),
    },
    events: (count) => charge(0, count),
    policyHeader: [
      `"burst";q=${bucket.capacity};w=${Math.ceil(bucket.capacity / refillPerMs / 1000)}`,
      `"hour";q=${limits.requestsPerHour};w=3600`,
      `"day";q=${day.limit};w=86400`,
      `"events";q=${events.limit};w=86400;qu="events"`,
    ].join(", "),
  };
}
