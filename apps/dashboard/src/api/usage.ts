/** Answer of `GET api/v1/usage`. Instants are Unix milliseconds. */
export interface Usage {
  readonly range: Range;
  /** ranges whose events are all kept, shortest first */
  readonly ranges: readonly Range[];
  readonly interval: Interval;
  readonly timeZone: string;
  readonly now: number;
  /** days that events are kept */
  readonly rawRetentionDays: number;
  /** false until the project's first event has arrived */
  readonly everUsed: boolean;
  readonly totals: Totals;
  /** finished intervals only, against the same intervals of the period before; null: its events are not all kept */
  readonly comparison: { readonly current: Totals; readonly previous: Totals } | null;
  /** oldest first; `now` lies in the last */
  readonly series: readonly Slot[];
  /** one to one with `series`; empty without a comparison */
  readonly previousSeries: readonly Slot[];
  /** most calls first */
  readonly tools: readonly ToolUsage[];
  /** most calls first */
  readonly errors: readonly ErrorUsage[];
}

export const RANGES = ["24h", "7d", "28d", "90d"] as const;
export type Range = (typeof RANGES)[number];

export const INTERVALS = ["hour", "day"] as const;
export type Interval = (typeof INTERVALS)[number];

/** Intervals that a range can be shown by; the first is its default. */
export const INTERVALS_OF: Record<Range, readonly [Interval, ...Interval[]]> = {
  "24h": ["hour"],
  "7d": ["day", "hour"],
  "28d": ["day"],
  "90d": ["day"],
};

export interface Calls {
  readonly succeeded: number;
  readonly failed: number;
}

export interface Totals extends Calls {
  readonly tools: number;
}

export interface Slot extends Calls {
  readonly startAt: number;
  readonly endAt: number;
}

export interface ToolUsage extends Calls {
  readonly name: string;
  readonly lastUsedAt: number;
}

export interface ErrorUsage {
  /** null: the failure came without a type */
  readonly errorType: string | null;
  readonly calls: number;
  readonly tools: readonly { readonly name: string; readonly calls: number }[];
}
