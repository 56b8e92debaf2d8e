import type { Place } from "../location/place.ts";
import { addDays, type CalendarDate, daysBetween, earlierOf, formatUtcDate, laterOf } from "../time/calendar.ts";
import { endOfDay, formatLocal, localDate, offsetMinutes, startOfDay } from "../time/zone.ts";
import type { CallScope } from "../upstream/call-scope.ts";
import type { OpenMeteo, OpenMeteoAnswer, Series } from "../upstream/open-meteo.ts";
import type { CachePolicy } from "../upstream/response-cache.ts";
import type { Fetched } from "../upstream/upstream-client.ts";
import type { HistoryRow } from "./history-rows.ts";

export interface Span {
  readonly from: CalendarDate;
  readonly to: CalendarDate;
}

export interface ArchiveHistory {
  readonly rows: readonly HistoryRow[];
  readonly fetched: Fetched<unknown>;
  readonly warnings: readonly string[];
}

export const ARCHIVE_START: CalendarDate = "1940-01-01";
const HOUR_S = 3_600;
const DAY_MS = 86_400_000;
/** Up to here days are made of hours, which is exact in every zone; the service charges both the same. */
const MAX_DAYS_FROM_HOURS = 366;
/** Reanalysis is corrected for about this long. */
const FINAL_AFTER_DAYS = 10;

/** Days of the reanalysis at a place. */
export async function archiveDaily(
  openMeteo: OpenMeteo,
  place: Place,
  span: Span,
  nowMs: number,
  scope: CallScope,
): Promise<ArchiveHistory> {
  if (daysBetween(span.from, span.to) >= MAX_DAYS_FROM_HOURS) return longDaily(openMeteo, place, span, nowMs, scope);
  const variables = "temperature_2m,precipitation,snowfall,wind_speed_10m,wind_gusts_10m";
  const fetched = await fetchHours(openMeteo, place, span, variables, nowMs, scope);
  return { rows: daysFromHours(fetched.value.hourly, span, place.timezone), fetched, warnings: [] };
}

/** Hours of the reanalysis at a place, labelled with their true local time. */
export async function archiveHourly(
  openMeteo: OpenMeteo,
  place: Place,
  span: Span,
  nowMs: number,
  scope: CallScope,
): Promise<ArchiveHistory> {
  const variables =
    "temperature_2m,relative_humidity_2m,precipitation,snowfall,wind_speed_10m,wind_gusts_10m,cloud_cover,pressure_msl";
  const fetched = await fetchHours(openMeteo, place, span, variables, nowMs, scope);
  const { timeS, values } = fetched.value.hourly ?? { timeS: [], values: {} };
  const fromMs = startOfDay(span.from, place.timezone);
  const toMs = endOfDay(span.to, place.timezone);
  const rows = timeS.flatMap((seconds, index) => {
    const atMs = seconds * 1_000;
    if (atMs < fromMs || atMs >= toMs) return [];
    const at = (name: string) => values[name]?.[index] ?? null;
    return {
      at: formatLocal(atMs, place.timezone),
      values: {
        temperature: at("temperature_2m"),
        humidity: at("relative_humidity_2m"),
        precip: at("precipitation"),
        snowfall: at("snowfall"),
        wind_avg: at("wind_speed_10m"),
        wind_gust: at("wind_gusts_10m"),
        cloud_cover: at("cloud_cover"),
        pressure_msl: at("pressure_msl"),
      },
    };
  });
  return { rows, fetched, warnings: [] };
}

/**
 * Hours are asked for in GMT, as instants: in any other zone the service labels the whole series with the offset that holds
 * today, so that a winter asked for in summer is an hour off.
 */
function fetchHours(
  openMeteo: OpenMeteo,
  place: Place,
  span: Span,
  variables: string,
  nowMs: number,
  scope: CallScope,
): Promise<Fetched<OpenMeteoAnswer>> {
  const first = formatUtcDate(startOfDay(span.from, place.timezone));
  const last = formatUtcDate(endOfDay(span.to, place.timezone));
  const today = formatUtcDate(nowMs);
  return openMeteo.get(
    "open-meteo-archive",
    {
      latitude: place.latitude,
      longitude: place.longitude,
      start_date: laterOf(first, ARCHIVE_START),
      end_date: earlierOf(last, today),
      hourly: variables,
      timezone: "GMT",
    },
    archiveCache(span, nowMs),
    scope,
  );
}

async function longDaily(
  openMeteo: OpenMeteo,
  place: Place,
  span: Span,
  nowMs: number,
  scope: CallScope,
): Promise<ArchiveHistory> {
  const fetched = await openMeteo.get(
    "open-meteo-archive",
    {
      latitude: place.latitude,
      longitude: place.longitude,
      start_date: span.from,
      end_date: span.to,
      daily:
        "temperature_2m_max,temperature_2m_min,temperature_2m_mean,precipitation_sum,snowfall_sum,wind_speed_10m_max,wind_gusts_10m_max",
      timezone: place.timezone,
    },
    archiveCache(span, nowMs),
    scope,
  );
  const { timeS, values } = fetched.value.daily ?? { timeS: [], values: {} };
  const rows = timeS.map((seconds, index) => {
    const at = (name: string) => values[name]?.[index] ?? null;
    return {
      at: formatUtcDate((seconds + fetched.value.utcOffsetS) * 1_000),
      values: {
        temp_max: at("temperature_2m_max"),
        temp_min: at("temperature_2m_min"),
        temp_mean: at("temperature_2m_mean"),
        precip: at("precipitation_sum"),
        snowfall: at("snowfall_sum"),
        wind_max: at("wind_speed_10m_max"),
        wind_gust: at("wind_gusts_10m_max"),
      },
    };
  });
  const changes = hasOtherOffsets(place.timezone, fetched.value.utcOffsetS);
  const warnings = changes
    ? ["In the other half of the year the days of this long span begin and end an hour off."]
    : [];
  return { rows, fetched, warnings };
}

function hasOtherOffsets(zone: string, offsetS: number): boolean {
  const year = Date.UTC(2025, 0, 1);
  return [0, 182].some((days) => offsetMinutes(year + days * DAY_MS, zone) * 60 !== offsetS);
}

/** Old days do not change any more; a gap may still be filled. */
function archiveCache(span: Span, nowMs: number): CachePolicy<OpenMeteoAnswer> {
  const settled = span.to <= addDays(formatUtcDate(nowMs), -FINAL_AFTER_DAYS);
  const ttlMs = (answer: OpenMeteoAnswer) => (settled && isWhole(answer) ? 30 * DAY_MS : 3_600_000);
  return { ttlMs, staleMs: 365 * DAY_MS };
}

function isWhole(answer: OpenMeteoAnswer): boolean {
  const series = answer.hourly ?? answer.daily;
  return series !== null && Object.values(series.values).every((list) => !list.includes(null));
}

/** Days out of hours, by the local date of each; a day of 23 or 25 hours is what it is. */
export function daysFromHours(hourly: Series | null, span: Span, zone: string): HistoryRow[] {
  const { timeS, values } = hourly ?? { timeS: [], values: {} };
  const rows: HistoryRow[] = [];
  let first = 0;
  for (let date = span.from; date <= span.to; date = addDays(date, 1)) {
    const startS = startOfDay(date, zone) / 1_000;
    const endS = endOfDay(date, zone) / 1_000;
    while (first < timeS.length && (timeS[first] as number) < startS) first += 1;
    let end = first;
    while (end < timeS.length && (timeS[end] as number) < endS) end += 1;
    // Amounts are those of the hour before their label, so the one labelled with the end of the day belongs to it.
    const sums = (name: string) =>
      sumBetween(timeS, values[name], first, Math.min(end + 1, timeS.length), startS, endS);
    const at = (name: string) => values[name]?.slice(first, end) ?? [];
    rows.push({
      at: date,
      values: {
        temp_max: whole(at("temperature_2m"), (list) => Math.max(...list)),
        temp_min: whole(at("temperature_2m"), (list) => Math.min(...list)),
        temp_mean: whole(at("temperature_2m"), (list) => list.reduce((a, b) => a + b, 0) / list.length),
        precip: sums("precipitation"),
        snowfall: sums("snowfall"),
        wind_max: whole(at("wind_speed_10m"), (list) => Math.max(...list)),
        wind_gust: whole(at("wind_gusts_10m"), (list) => Math.max(...list)),
      },
    });
    first = end;
  }
  return rows;
}

/** A figure over a day's hours; null when more than two of them are missing. */
function whole(hours: readonly (number | null)[], figure: (known: number[]) => number): number | null {
  const known = hours.filter((value) => value !== null);
  return known.length >= 20 && known.length >= hours.length - 2 ? figure(known) : null;
}

function sumBetween(
  timeS: readonly number[],
  values: readonly (number | null)[] | undefined,
  first: number,
  end: number,
  startS: number,
  endS: number,
): number | null {
  let sum = 0;
  let known = 0;
  for (let index = first; index < end; index++) {
    const labelS = timeS[index] as number;
    const sharedS = Math.min(labelS, endS) - Math.max(labelS - HOUR_S, startS);
    if (sharedS <= 0) continue;
    const value = values?.[index] ?? null;
    if (value === null) continue;
    // In half-hour zones the hour that spans midnight belongs to both days.
    sum += value * (sharedS / HOUR_S);
    known += sharedS;
  }
  return known >= endS - startS - 2 * HOUR_S ? sum : null;
}

/** The local date of today and of yesterday: history ends with yesterday. */
export function yesterdayAt(zone: string, nowMs: number): CalendarDate {
  return addDays(localDate(nowMs, zone), -1);
}
