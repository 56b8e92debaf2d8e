import * as z from "zod/v4";
import type { UnitSystem } from "../config.ts";
import type { DailyRow } from "../forecast/daily-rows.ts";
import type { Located } from "../location/locate.ts";
import { weekday } from "../time/calendar.ts";
import { endOfDay, formatLocal, startOfDay } from "../time/zone.ts";
import { frameText, locationMember, type Provenance, placeText, provenanceMembers } from "./answer.ts";
import { clip } from "./clip.ts";
import { type Answer, fitRows } from "./fit-rows.ts";
import { numberOrNull, stringOrNull } from "./or-null.ts";
import { pastEndWarnings } from "./past-end.ts";
import { type Quantity, rangeText, show, unitOf } from "./units.ts";

const number = numberOrNull.optional();
const text = stringOrNull.optional();

export const periodSchema = z.object({
  date: z.string(),
  start: z.string(),
  end: z.string(),
  temperature_high: number,
  temperature_low: number,
  feels_like_high: number,
  precip_probability: number,
  precip_amount: number,
  snow_amount: number,
  wind_speed_max: number,
  wind_gust: number,
  wind_direction: number,
  uv_index: number,
  condition: text,
  summary: text,
  sunrise: text,
  sunset: text,
  source: z.string(),
});

const MEASURES: readonly [field: keyof z.output<typeof periodSchema>, quantity: Quantity, from: keyof DailyRow][] = [
  ["temperature_high", "temperature", "highC"],
  ["temperature_low", "temperature", "lowC"],
  ["feels_like_high", "temperature", "feelsLikeHighC"],
  ["precip_probability", "percent", "precipProbabilityPct"],
  ["precip_amount", "precipitation", "rainMm"],
  ["snow_amount", "snow", "snowCm"],
  ["wind_speed_max", "speed", "windMaxKmh"],
  ["wind_gust", "speed", "gustKmh"],
  ["wind_direction", "direction", "windDirectionDeg"],
  ["uv_index", "uv_index", "uvIndex"],
];

/** Longest text kept of one day's forecast in words. */
const MAX_DETAIL_CHARS = 320;

export interface DailyAnswerParts {
  readonly located: Located;
  readonly rows: readonly DailyRow[];
  readonly provenance: Provenance;
  readonly warnings: readonly string[];
  readonly nowMs: number;
  readonly system: UnitSystem;
  readonly offset: number;
  readonly extra: Readonly<Record<string, unknown>>;
  /** Lines of the text that stand before the days, for members in `extra`. */
  readonly bodyText: readonly string[];
}

type Period = Record<string, string | number | null>;

/** The daily forecast: an object per day, without the members that no day has. */
export function dailyAnswer(parts: DailyAnswerParts): Answer {
  const { located, rows, system, offset } = parts;
  const zone = located.place.timezone;
  const measures = MEASURES.filter(([, , from]) => rows.some((row) => row[from] !== null));
  const all = rows.map((row) => periodOf(row, measures, zone, system));
  const units = Object.fromEntries(measures.map(([field, quantity]) => [field, unitOf(quantity, system)]));
  const wanted = Math.max(0, all.length - offset);
  return fitRows(wanted, (count) => {
    const periods = all.slice(offset, offset + count);
    const next = offset + count < all.length ? offset + count : null;
    const cut = count < wanted ? [`Cut to ${count} days for size; go on with offset ${next}.`] : [];
    const summaryText = [...all.slice(0, 1).map((first) => summaryOf(first, units)), ...outlookOf(all, units)].join(
      " ",
    );
    const members = provenanceMembers(
      {
        provenance: parts.provenance,
        units,
        warnings: [...parts.warnings, ...pastEndWarnings(offset, all.length), ...cut],
        summaryText,
      },
      zone,
      parts.nowMs,
    );
    return {
      structured: {
        ...members,
        location: locationMember(located),
        ...parts.extra,
        periods,
        total_available: all.length,
        truncated: count < wanted,
        next_offset: next,
      },
      text: frameText(`Forecast: ${placeText(located)}`, members, [
        ...parts.bodyText,
        ...periods.map((period) => lineOf(period)),
      ]),
    };
  });
}

function periodOf(row: DailyRow, measures: typeof MEASURES, zone: string, system: UnitSystem): Period {
  const period: Period = {
    date: row.date,
    start: formatLocal(startOfDay(row.date, zone), zone),
    end: formatLocal(endOfDay(row.date, zone), zone),
  };
  for (const [field, quantity, from] of measures) period[field] = show(quantity, row[from] as number | null, system);
  if (row.condition !== null) period.condition = row.condition;
  if (row.detail !== null) period.summary = clip(row.detail, MAX_DETAIL_CHARS);
  if (row.sunriseMs !== null) period.sunrise = formatLocal(row.sunriseMs, zone);
  if (row.sunsetMs !== null) period.sunset = formatLocal(row.sunsetMs, zone);
  return { ...period, source: row.source };
}

function summaryOf(period: Period, units: Readonly<Record<string, string>>): string {
  const unit = units.temperature_high ?? units.temperature_low ?? "";
  const known = (value: unknown) => value !== null && value !== undefined;
  const parts = [
    known(period.condition) ? String(period.condition) : null,
    known(period.temperature_high) ? `high ${period.temperature_high} ${unit}` : null,
    known(period.temperature_low) ? `low ${period.temperature_low} ${unit}` : null,
    known(period.precip_probability) ? `${period.precip_probability}% chance of precipitation` : null,
  ].filter((part) => part !== null);
  return `${weekday(period.date as string)} ${period.date}: ${parts.join(", ")}.`;
}

/** The span of the days after the first: what is asked next. */
function outlookOf(all: readonly Period[], units: Readonly<Record<string, string>>): string[] {
  const later = all.slice(1);
  const of = (field: string) => later.map((period) => period[field]).filter((value) => typeof value === "number");
  const [highs, lows, chances] = [of("temperature_high"), of("temperature_low"), of("precip_probability")];
  const parts = [
    ...(highs.length > 0 ? [`highs ${rangeText(highs, units.temperature_high ?? "")}`] : []),
    ...(lows.length > 0 ? [`lows ${rangeText(lows, units.temperature_low ?? "")}`] : []),
    ...(chances.length > 0 ? [`chance of precipitation up to ${Math.max(...chances)}%`] : []),
  ];
  const last = later.at(-1)?.date;
  return parts.length > 0 ? [`Then to ${weekday(last as string)} ${last}: ${parts.join(", ")}.`] : [];
}

/** One day in one line; the same numbers as in the object. */
function lineOf(period: Period): string {
  const { date, start: _start, end: _end, condition, summary, source, ...rest } = period;
  const numbers = Object.entries(rest).map(([field, value]) => `${field} ${value ?? "-"}`);
  const words = summary ?? condition;
  return `${weekday(date as string)} ${date}: ${numbers.join(", ")}, from ${source}${words ? `. ${words}` : ""}`;
}
