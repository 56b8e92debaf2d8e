import { TIERS, type Tier } from "@org/mcp-analytics-schema";
import { LRUCache } from "lru-cache";
import type { Charge, DayWindowPolicy, Terms, TokenBucketPolicy } from "./bucket-store.ts";

const HOUR_MS = 3_600_000;
/** Tiers are few; overrides of the day limit may be many. */
const MAX_CACHED_POLICIES = 1_000;

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

/** Terms that all keys of one tier and override share. */
interface KeyPolicy {
  readonly request: Terms;
  /** Terms of so many events without a request. */
  events(count: number): Terms;
  readonly policyHeader: string;
}

const policies = new LRUCache<string, KeyPolicy>({ max: MAX_CACHED_POLICIES });

/** The limits of one key. Only the partition is the key's own. */
export function keyLimits({ projectId, keyId, tier, rateLimitPerDay }: LimitedKey): KeyLimits {
  const { request, events, policyHeader } = policyOf(tier, rateLimitPerDay);
  const partition = `k:${projectId}.${keyId}`;
  const charge = (terms: Terms): Charge => ({ partition, terms });
  return { request: charge(request), event: charge(events(1)), policyHeader, events: (count) => charge(events(count)) };
}

function policyOf(tier: Tier, rateLimitPerDay: number | null): KeyPolicy {
  const id = `${tier} ${rateLimitPerDay}`;
  let policy = policies.get(id);
  if (policy === undefined) {
    policy = createPolicy(tier, rateLimitPerDay);
    policies.set(id, policy);
  }
  return policy;
}

/**
 * Burst and hour are one bucket: its capacity plus its refill in an hour is the hour's limit, so no rolling hour ever sees
 * more (decision 0002).
 */
function createPolicy(tier: Tier, rateLimitPerDay: number | null): KeyPolicy {
  const limits = TIERS[tier];
  const day: DayWindowPolicy = { name: "day", limit: rateLimitPerDay ?? limits.requestsPerDay };
  const refillPerMs = (limits.requestsPerHour - limits.burstRequests) / HOUR_MS;
  const bucket: TokenBucketPolicy = { name: "burst", capacity: limits.burstRequests, refillPerMs };
  const events: DayWindowPolicy = { name: "events", limit: limits.eventsPerDay };
  const terms = (cost: number, eventCount: number): Terms => ({
    buckets: [bucket],
    windows: [
      { ...day, cost },
      { ...events, cost: eventCount },
    ],
    cost,
  });
  const eventTerms: Terms[] = [];
  return {
    request: terms(1, 1),
    events(count) {
      eventTerms[count] ??= terms(0, count);
      return eventTerms[count];
    },
    policyHeader: [
      `"burst";q=${bucket.capacity};w=${Math.ceil(bucket.capacity / refillPerMs / 1000)}`,
      `"hour";q=${limits.requestsPerHour};w=3600`,
      `"day";q=${day.limit};w=86400`,
      `"events";q=${events.limit};w=86400;qu="events"`,
    ].join(", "),
  };
}
