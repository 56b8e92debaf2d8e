import { addDays, localDate, offsetMs, startOfDay } from "./time-zone.ts";

export const INTERVALS = ["hour", "day"] as const;
export type Interval = (typeof INTERVALS)[number];

export const RANGE_NAMES = ["24h", "7d", "28d", "90d"] as const;
export type RangeName = (typeof RANGE_NAMES)[number];

export const DEFAULT_RANGE: RangeName = "7d";

/** How many intervals each range has, by interval; an interval that is missing would draw too few or too many. */
const SLOTS: Record<RangeName, Partial<Record<Interval, number>>> = {
  "24h": { hour: 24 },
  "7d": { day: 7, hour: 7 * 24 },
  "28d": { day: 28 },
  "90d": { day: 90 },
};

/** The interval that a range is shown by when none is asked for. */
export function defaultInterval(range: RangeName): Interval {
  return SLOTS[range].day === undefined ? "hour" : "day";
}

/** Whether a range can be shown by this interval. */
export function offersInterval(range: RangeName, interval: Interval): boolean {
  return SLOTS[range][interval] !== undefined;
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

/** Start of the hour on the wall clock: half past by UTC in a zone such as Asia/Kolkata. */
function startOfHour(atMs: number, timeZone: string): number {
  const intoHourMs = (((atMs + offsetMs(atMs, timeZone)) % HOUR_MS) + HOUR_MS) % HOUR_MS;
  return atMs - intoHourMs;
}

function hourEdges(endMs: number, count: number, timeZone: string): number[] {
  const edges = [endMs];
  let edgeMs = endMs;
  for (let i = 0; i < count; i++) {
    edgeMs = startOfHour(edgeMs - 1, timeZone);
    edges.push(edgeMs);
  }
  return edges.reverse();
}

function dayEdges(atMs: number, count: number, daysBack: number, timeZone: string): number[] {
  const today = localDate(atMs, timeZone);
  return Array.from({ length: count + 1 }, (_, i) => startOfDay(addDays(today, i - count + 1 - daysBack), timeZone));
}

/**
 * The intervals of a range that ends now, and those it is compared with: the same number of hours just before, or the same
 * weekdays some whole weeks earlier (so 90 days are compared with the 90 that ended a day further back).
 *
 * @param timeZone canonical IANA name
 * @throws RangeError when the range does not offer the interval
 */
export function usageWindow(range: RangeName, interval: Interval, timeZone: string, nowMs: number): UsageWindow {
  const slots = SLOTS[range][interval];
  if (slots === undefined) throw new RangeError(`range ${range} is not shown by ${interval}`);
  if (interval === "hour") {
    const currentEdgesMs = hourEdges(startOfHour(nowMs, timeZone) + HOUR_MS, slots, timeZone);
    const previousEdgesMs = hourEdges(currentEdgesMs[0] as number, slots, timeZone);
    return { nowMs, currentEdgesMs, previousEdgesMs };
  }
  return {
    nowMs,
    currentEdgesMs: dayEdges(nowMs, slots, 0, timeZone),
    previousEdgesMs: dayEdges(nowMs, slots, Math.ceil(slots / 7) * 7, timeZone),
  };
}
