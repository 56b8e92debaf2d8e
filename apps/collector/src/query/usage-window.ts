import { addDays, localDate, offsetMs, startOfDay } from "./time-zone.ts";

export const INTERVALS = ["hour", "day"] as const;
export type Interval = (typeof INTERVALS)[number];

export const RANGE_NAMES = ["24h", "7d", "28d", "90d"] as const;
export type RangeName = (typeof RANGE_NAMES)[number];

export const DEFAULT_RANGE: RangeName = "7d";

/**
 * How long each range is (undefined: counted in hours) and the intervals it is shown by, its default first; others would
 * draw too few columns or too many.
 */
const RANGES: Record<RangeName, { readonly days?: number; readonly intervals: readonly [Interval, ...Interval[]] }> = {
  "24h": { intervals: ["hour"] },
  "7d": { days: 7, intervals: ["day", "hour"] },
  "28d": { days: 28, intervals: ["day"] },
  "90d": { days: 90, intervals: ["day"] },
};
const HOURS_OF_A_DAY = 24;

/** The interval that a range is shown by when none is asked for. */
export function defaultInterval(range: RangeName): Interval {
  return RANGES[range].intervals[0];
}

/** Whether a range can be shown by this interval. */
export function offersInterval(range: RangeName, interval: Interval): boolean {
  return RANGES[range].intervals.includes(interval);
}

/**
 * Two runs of intervals with equal counts. Each list holds the start of every interval and the end of the last, ascending,
 * in Unix milliseconds. The last current interval is the one that `nowMs` lies in, so it is never finished.
 */
export interface UsageWindow {
  readonly nowMs: number;
  readonly currentEdgesMs: readonly number[];
  readonly previousEdgesMs: readonly number[];
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Start of the hour on the wall clock: half past by UTC in a zone such as Asia/Kolkata. */
function startOfHour(atMs: number, timeZone: string): number {
  const intoHourMs = (((atMs + offsetMs(atMs, timeZone)) % HOUR_MS) + HOUR_MS) % HOUR_MS;
  return atMs - intoHourMs;
}

/** Starts of `count` hours before `endMs`, and that end. */
function hoursBefore(endMs: number, count: number, timeZone: string): number[] {
  const edges = [endMs];
  let edgeMs = endMs;
  for (let i = 0; i < count; i++) {
    edgeMs = startOfHour(edgeMs - 1, timeZone);
    edges.push(edgeMs);
  }
  return edges.reverse();
}

/** Starts of the hours from `startMs` on until `isEnough`, and the end of the last. */
function hoursFrom(startMs: number, timeZone: string, isEnough: (edgesMs: readonly number[]) => boolean): number[] {
  const edges = [startMs];
  let edgeMs = startMs;
  while (!isEnough(edges)) {
    edgeMs = startOfHour(edgeMs + HOUR_MS, timeZone);
    edges.push(edgeMs);
  }
  return edges;
}

/** Starts of `count` days of which the last is the one of `atMs`, and its end; all moved back by `daysBack` days. */
function daysUpTo(atMs: number, count: number, daysBack: number, timeZone: string): number[] {
  const today = localDate(atMs, timeZone);
  return Array.from({ length: count + 1 }, (_, i) => startOfDay(addDays(today, i - count + 1 - daysBack), timeZone));
}

/** Start of the oldest day whose events are all kept; retention drops whole days of UTC. */
export function keptFromMs(nowMs: number, rawRetentionDays: number): number {
  return Math.floor((nowMs - rawRetentionDays * DAY_MS) / DAY_MS) * DAY_MS;
}

/** The ranges that reach no further back than `fromMs`, shortest first; there is always one, since a day is always kept. */
export function keptRanges(timeZone: string, nowMs: number, fromMs: number): readonly [RangeName, ...RangeName[]] {
  const [shortest, ...longer] = RANGE_NAMES;
  const isKept = (range: RangeName) => {
    const { days = 1 } = RANGES[range];
    return (daysUpTo(nowMs, days, 0, timeZone)[0] as number) >= fromMs;
  };
  return [shortest, ...longer.filter(isKept)];
}

/**
 * The intervals of a range that ends now, and those it is compared with: the same number of hours just before, or the same
 * weekdays some whole weeks earlier (so 90 days are compared with the 90 that ended a day further back). A range of days
 * covers the same time whatever the interval.
 *
 * @param timeZone canonical IANA name
 * @throws RangeError when the range does not offer the interval
 */
export function usageWindow(range: RangeName, interval: Interval, timeZone: string, nowMs: number): UsageWindow {
  if (!offersInterval(range, interval)) throw new RangeError(`range ${range} is not shown by ${interval}`);
  const { days } = RANGES[range];
  if (days === undefined) {
    const endMs = startOfHour(nowMs, timeZone) + HOUR_MS;
    const currentEdgesMs = hoursBefore(endMs, HOURS_OF_A_DAY, timeZone);
    return {
      nowMs,
      currentEdgesMs,
      previousEdgesMs: hoursBefore(currentEdgesMs[0] as number, HOURS_OF_A_DAY, timeZone),
    };
  }
  const currentEdgesMs = daysUpTo(nowMs, days, 0, timeZone);
  const previousEdgesMs = daysUpTo(nowMs, days, Math.ceil(days / 7) * 7, timeZone);
  if (interval === "day") return { nowMs, currentEdgesMs, previousEdgesMs };

  const startMs = currentEdgesMs[0] as number;
  const hours = hoursFrom(startMs, timeZone, (edgesMs) => (edgesMs.at(-1) as number) > nowMs);
  const before = hoursFrom(previousEdgesMs[0] as number, timeZone, ({ length }) => length === hours.length);
  // A week in which clocks go back is an hour longer than the one before: its last hour is compared with nothing.
  return { nowMs, currentEdgesMs: hours, previousEdgesMs: before.map((edgeMs) => Math.min(edgeMs, startMs)) };
}
