const formatters = new Map<string, Intl.DateTimeFormat>();

/** Calendar date in some time zone; `month` is 1..12. */
export interface LocalDate {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

/** Canonical spelling of an IANA time zone, or undefined where the runtime does not know it. */
export function canonicalTimeZone(name: string): string | undefined {
  try {
    return new Intl.DateTimeFormat("en-US", { timeZone: name }).resolvedOptions().timeZone;
  } catch {
    return undefined;
  }
}

function formatterFor(timeZone: string): Intl.DateTimeFormat {
  let formatter = formatters.get(timeZone);
  if (formatter === undefined) {
    formatter = new Intl.DateTimeFormat("en-US", {
      timeZone,
      calendar: "iso8601",
      numberingSystem: "latn",
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    });
    // Callers pass canonical names, so this holds a few hundred entries at the very most.
    formatters.set(timeZone, formatter);
  }
  return formatter;
}

/** What a clock on the wall shows at `atMs`, as if it were UTC: Unix milliseconds with whole seconds. */
function wallClockMs(atMs: number, timeZone: string): number {
  const fields: Record<string, number> = {};
  for (const { type, value } of formatterFor(timeZone).formatToParts(atMs)) fields[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = fields;
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

/** Offset from UTC in force at `atMs`, in milliseconds; positive east of Greenwich. */
export function offsetMs(atMs: number, timeZone: string): number {
  return wallClockMs(atMs, timeZone) - Math.floor(atMs / 1000) * 1000;
}

/** Calendar date that `timeZone` shows at `atMs`. */
export function localDate(atMs: number, timeZone: string): LocalDate {
  const wall = new Date(wallClockMs(atMs, timeZone));
  return { year: wall.getUTCFullYear(), month: wall.getUTCMonth() + 1, day: wall.getUTCDate() };
}

/** `date` moved by whole calendar days. */
export function addDays(date: LocalDate, days: number): LocalDate {
  const moved = new Date(Date.UTC(date.year, date.month - 1, date.day + days));
  return { year: moved.getUTCFullYear(), month: moved.getUTCMonth() + 1, day: moved.getUTCDate() };
}

const DAY_MS = 86_400_000;

/**
 * First instant of a calendar day in a time zone, Unix milliseconds. Where midnight does not exist (the clock jumps over
 * it) that is the instant of the jump; where it comes twice, the first.
 */
export function startOfDay(date: LocalDate, timeZone: string): number {
  const midnightMs = Date.UTC(date.year, date.month - 1, date.day);
  const before = midnightMs - offsetMs(midnightMs - DAY_MS, timeZone);
  const after = midnightMs - offsetMs(midnightMs + DAY_MS, timeZone);
  const earlier = Math.min(before, after);
  const shown = localDate(earlier, timeZone);
  const isThatDay = shown.year === date.year && shown.month === date.month && shown.day === date.day;
  return isThatDay ? earlier : Math.max(before, after);
}
