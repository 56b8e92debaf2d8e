import { addDays, type CalendarDate, dayNumber } from "./calendar.ts";

const MINUTE_MS = 60_000;
const formatters = new Map<string, Intl.DateTimeFormat>();

function formatterOf(zone: string): Intl.DateTimeFormat {
  let formatter = formatters.get(zone);
  if (!formatter) {
    formatter = new Intl.DateTimeFormat("en-US", {
      timeZone: zone,
      hourCycle: "h23",
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
      hour: "2-digit",
      minute: "2-digit",
      second: "2-digit",
    });
    formatters.set(zone, formatter);
  }
  return formatter;
}

/** Whether Intl knows this IANA zone. */
export function isZone(zone: string): boolean {
  try {
    formatterOf(zone);
    return true;
  } catch {
    return false;
  }
}

/** Clocks change on quarters of an hour, so one look-up serves the whole quarter. */
const QUARTER_MS = 15 * MINUTE_MS;
const MAX_REMEMBERED = 1_024;
const remembered = new Map<string, Map<number, number>>();

/** Minutes that local time is ahead of UTC in `zone` at that instant; 330 for India, 345 for Nepal, -240 for New York in summer. */
export function offsetMinutes(unixMs: number, zone: string): number {
  const quarter = Math.floor(unixMs / QUARTER_MS);
  let ofZone = remembered.get(zone);
  if (!ofZone || ofZone.size >= MAX_REMEMBERED) {
    ofZone = new Map();
    remembered.set(zone, ofZone);
  }
  let offset = ofZone.get(quarter);
  if (offset === undefined) {
    offset = lookUpOffset(quarter * QUARTER_MS, zone);
    ofZone.set(quarter, offset);
  }
  return offset;
}

function lookUpOffset(unixMs: number, zone: string): number {
  const parts: Record<string, number> = {};
  for (const { type, value } of formatterOf(zone).formatToParts(unixMs)) parts[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  return Math.round((Date.UTC(year, month - 1, day, hour, minute, second) - unixMs) / MINUTE_MS);
}

/** ISO 8601 with the offset that is true in `zone` at that instant: `2026-03-08T03:00-04:00`. */
export function formatLocal(unixMs: number, zone: string): string {
  const offset = offsetMinutes(unixMs, zone);
  const wall = new Date(unixMs + offset * MINUTE_MS).toISOString().slice(0, 16);
  const absolute = Math.abs(offset);
  const two = (n: number) => String(n).padStart(2, "0");
  return `${wall}${offset < 0 ? "-" : "+"}${two(Math.floor(absolute / 60))}:${two(absolute % 60)}`;
}

/** Calendar date in `zone` at that instant. */
export function localDate(unixMs: number, zone: string): CalendarDate {
  return new Date(unixMs + offsetMinutes(unixMs, zone) * MINUTE_MS).toISOString().slice(0, 10);
}

/** Hour of the day, 0 to 23, in `zone`. */
export function localHour(unixMs: number, zone: string): number {
  return new Date(unixMs + offsetMinutes(unixMs, zone) * MINUTE_MS).getUTCHours();
}

/** First instant of a calendar date in `zone`. A day is 23 or 25 hours long when clocks change. */
export function startOfDay(date: CalendarDate, zone: string): number {
  const midnightUtc = dayNumber(date) * 86_400_000;
  // The two offsets around midnight are the only ones that can hold; the earlier instant wins where both do.
  const candidates = [midnightUtc - 14 * 60 * MINUTE_MS, midnightUtc + 14 * 60 * MINUTE_MS]
    .map((near) => midnightUtc - offsetMinutes(near, zone) * MINUTE_MS)
    .sort((a, b) => a - b);
  for (const instant of candidates) if (localDate(instant, zone) === date) return instant;
  // Midnight itself does not exist on this date (clocks spring forward over it).
  return candidates[1] as number;
}

/** First instant after a calendar date in `zone`. */
export function endOfDay(date: CalendarDate, zone: string): number {
  return startOfDay(addDays(date, 1), zone);
}
