import { invalidInput } from "../errors/weather-error.ts";
import { type CalendarDate, daysBetween, utcMidnight } from "../time/calendar.ts";
import { localDate } from "../time/zone.ts";
import { ARCHIVE_START, type Span, yesterdayAt } from "./archive-history.ts";

export type Granularity = "daily" | "hourly" | "monthly";

/** Longest span of one call, in days. */
export const MAX_SPAN_DAYS: Readonly<Record<Granularity, number>> = { daily: 3_660, hourly: 31, monthly: 10_980 };

/** The span that was asked for, checked against the calendar of the place. Throws INVALID_INPUT that names the field. */
export function checkSpan(start: string, end: string, granularity: Granularity, zone: string, nowMs: number): Span {
  for (const [field, value] of Object.entries({ start_date: start, end_date: end })) {
    if (utcMidnight(value) === undefined) {
      throw invalidInput(field, `${value} is no date of the calendar`, "Give a real date as YYYY-MM-DD.");
    }
  }
  if (start > end) throw invalidInput("start_date", "is after end_date", "Swap the two dates.");
  const yesterday = yesterdayAt(zone, nowMs);
  if (end > yesterday) throw notYetPast(end, localDate(nowMs, zone), yesterday);
  if (start < ARCHIVE_START) {
    throw invalidInput("start_date", `before ${ARCHIVE_START}`, `Records here begin on ${ARCHIVE_START}.`);
  }
  const days = daysBetween(start, end) + 1;
  const most = MAX_SPAN_DAYS[granularity];
  if (days > most) {
    const hint = granularity === "hourly" ? 'Ask for fewer days, or granularity "daily".' : "Ask for a shorter span.";
    throw invalidInput("end_date", `${days} days is too long a span; ${granularity} allows ${most}`, hint);
  }
  return { from: start, to: end };
}

function notYetPast(end: CalendarDate, today: CalendarDate, yesterday: CalendarDate) {
  const hint =
    end === today
      ? "Use get_current_conditions or get_forecast for today."
      : "Use get_forecast for the future; history ends yesterday.";
  return invalidInput("end_date", `must be ${yesterday} or earlier (yesterday at the place)`, hint);
}
