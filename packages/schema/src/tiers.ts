/**
 * Limits of one API key. Requests are what token buckets count (cost 1 each, whatever is in them);
 * events are counted apart, per UTC day.
 */
export interface TierLimits {
  /** Requests at once: capacity of the burst bucket. */
  readonly burstRequests: number;
  /** Most requests in any rolling hour. */
  readonly requestsPerHour: number;
  /** Most requests in a day; `rate_limit_per_day` of a key overrides it. */
  readonly requestsPerDay: number;
  /** Most events in a day. */
  readonly eventsPerDay: number;
}

/** Rows of one table; a tier is data, not code. */
export const TIERS = {
  free: { burstRequests: 10, requestsPerHour: 100, requestsPerDay: 1_000, eventsPerDay: 10_000 },
  pro: { burstRequests: 50, requestsPerHour: 2_000, requestsPerDay: 20_000, eventsPerDay: 500_000 },
  enterprise: { burstRequests: 500, requestsPerHour: 50_000, requestsPerDay: 500_000, eventsPerDay: 20_000_000 },
} as const satisfies Record<string, TierLimits>;
export type Tier = keyof typeof TIERS;

/** Requests per IP address: 100 in 15 minutes. */
export const IP_LIMIT = { requests: 100, windowMs: 15 * 60_000 } as const;
