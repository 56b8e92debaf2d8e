import { TIERS, type Tier } from "@org/mcp-analytics-schema";
import type { Charge, DayWindowPolicy, TokenBucketPolicy } from "./bucket-store.ts";

const HOUR_MS = 3_600_000;

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
  /** Value of `RateLimit-Policy`. */
  readonly policyHeader: string;
  /** Further events of a request that was charged already. */
  events(count: number): Charge;
}

/**
 * Burst and hour are one bucket: what it holds at once plus what it gains in an hour is the hour's limit, so no rolling
 * hour ever sees more.
 */
export function keyLimits({ projectId, keyId, tier, rateLimitPerDay }: LimitedKey): KeyLimits {
  const limits = TIERS[tier];
  const refillPerMs = (limits.requestsPerHour - limits.burstRequests) / HOUR_MS;
  const bucket: TokenBucketPolicy = { name: "burst", capacity: limits.burstRequests, refillPerMs };
  const day: DayWindowPolicy = { name: "day", limit: rateLimitPerDay ?? limits.requestsPerDay };
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
  return {
    request: charge(1, 1),
    event: charge(0, 1),
    events: (count) => charge(0, count),
    policyHeader: [
      `"burst";q=${bucket.capacity};w=${Math.ceil(bucket.capacity / refillPerMs / 1000)}`,
      `"hour";q=${limits.requestsPerHour};w=3600`,
      `"day";q=${day.limit};w=86400`,
      `"events";q=${events.limit};w=86400;qu="events"`,
    ].join(", "),
  };
}
