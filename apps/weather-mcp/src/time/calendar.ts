/** A calendar date, `YYYY-MM-DD`. Dates are compared as strings and never pass through the host's time zone. */
export type CalendarDate = string;

const DAY_MS = 86_400_000;

/** Unix milliseconds of the date's midnight in UTC; undefined when it is no real calendar date (2025-02-29). */
export function utcMidnight(date: string): number | undefined {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(date);
  if (!match) return undefined;
  const midnight = Date.UTC(Number(match[1]), Number(match[2]) - 1, Number(match[3]));
  return formatUtcDate(midnight) === date ? midnight : undefined;
}

/** Like utcMidnight, for dates that are known to be real. */
export function dayNumber(date: CalendarDate): number {
  const midnight = utcMidnight(date);
  if (midnight === undefined) throw new RangeError("not a calendar date");
  return midnight / DAY_MS;
}

export function formatUtcDate(unixMs: number): CalendarDate {
  return new Date(unixMs).toISOString().slice(0, 10);
}

export function addDays(date: CalendarDate, days: number): CalendarDate {
  return formatUtcDate((dayNumber(date) + days) * DAY_MS);
}

/** Number of days from `from` to `to`; 0 for the same day. */
export function daysBetween(from: CalendarDate, to: CalendarDate): number {
  return dayNumber(to) - dayNumber(from);
}

/** The earlier of two dates. */
export function earlierOf(a: CalendarDate, b: CalendarDate): CalendarDate {
  return [a, b].sort()[0] as CalendarDate;
}

/** The later of two dates. */
export function laterOf(a: CalendarDate, b: CalendarDate): CalendarDate {
  return [a, b].sort()[1] as CalendarDate;
}

/** Every date of the span, both ends included. */
export function eachDate(from: CalendarDate, to: CalendarDate): CalendarDate[] {
  return Array.from({ length: daysBetween(from, to) + 1 }, (_, index) => addDays(from, index));
}

/** The `YYYY-MM` of a date. */
export function monthOf(date: CalendarDate): string {
  return date.slice(0, 7);
}

export function lastDateOfMonth(month: string): CalendarDate {
  const [year = 0, index = 0] = month.split("-").map(Number);
  return formatUtcDate(Date.UTC(year, index, 0));
}

/** "Mon", "Tue" … of a date, in English. */
export function weekday(date: CalendarDate): string {
  return ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"][(((dayNumber(date) + 4) % 7) + 7) % 7] as string;
}
