import type { Interval } from "../api/usage.ts";

const LOCALE = "en-GB";
const formatters = new Map<string, Intl.DateTimeFormat>();

function formatterFor(timeZone: string, style: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${style} ${timeZone}`;
  let formatter = formatters.get(key);
  if (formatter === undefined) {
    formatter = new Intl.DateTimeFormat(LOCALE, { timeZone, ...options });
    formatters.set(key, formatter);
  }
  return formatter;
}

const clock = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" } as const;

/** `14:00` */
export function formatClock(atMs: number, timeZone: string): string {
  return formatterFor(timeZone, "clock", clock).format(atMs);
}

/** `Mon 3` */
export function formatWeekday(atMs: number, timeZone: string): string {
  const parts = formatterFor(timeZone, "weekday", { weekday: "short", day: "numeric" }).formatToParts(atMs);
  const part = (type: string) => parts.find((found) => found.type === type)?.value ?? "";
  return `${part("weekday")} ${part("day")}`;
}

/** `3 Nov` */
export function formatDate(atMs: number, timeZone: string): string {
  return formatterFor(timeZone, "date", { day: "numeric", month: "short" }).format(atMs);
}

/** `Monday 3 November` */
export function formatDay(atMs: number, timeZone: string): string {
  return formatterFor(timeZone, "day", { weekday: "long", day: "numeric", month: "long" })
    .format(atMs)
    .replace(",", "");
}

/** `3 Nov 2025, 14:05` */
export function formatInstant(atMs: number, timeZone: string): string {
  const date = { day: "numeric", month: "short", year: "numeric" } as const;
  return formatterFor(timeZone, "instant", { ...date, ...clock }).format(atMs);
}

/** One interval in words: `Monday 3 November`, or `Monday 3 November, 14:00–15:00`. */
export function formatSlot(slot: { startAt: number; endAt: number }, interval: Interval, timeZone: string): string {
  const day = formatDay(slot.startAt, timeZone);
  if (interval === "day") return day;
  return `${day}, ${formatClock(slot.startAt, timeZone)}–${formatClock(slot.endAt, timeZone)}`;
}

const STEPS: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
];
const relative = new Intl.RelativeTimeFormat("en", { numeric: "always", style: "long" });

/** `3 minutes ago`; `just now` within the last minute. */
export function formatAgo(atMs: number, nowMs: number): string {
  const agoMs = nowMs - atMs;
  for (const [unit, lengthMs] of STEPS) {
    if (agoMs >= lengthMs) return relative.format(-Math.floor(agoMs / lengthMs), unit);
  }
  return "just now";
}

/** Zone of this browser, canonical. */
export function browserTimeZone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** Whether this browser can show times of a zone. */
export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat(LOCALE, { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
