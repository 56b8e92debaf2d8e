import * as z from "zod/v4";
import { invalidInput } from "../errors/weather-error.ts";
import { checkSpan, type Granularity } from "../history/check-span.ts";
import { findHistory } from "../history/find-history.ts";
import { type FieldSummary, historyColumns, summarize } from "../history/history-rows.ts";
import { locate, unitSystemOf } from "../location/locate.ts";
import { answerShape, tableSchema } from "../output/answer.ts";
import { integerOrNull, numberOrNull, orNull, stringOrNull } from "../output/or-null.ts";
import { tableAnswer } from "../output/table-answer.ts";
import { unitOf } from "../output/units.ts";
import { calendarDate, locationInput, offsetInput, unitsInput } from "./inputs.ts";
import { defineTool } from "./tool.ts";

const summarySchema = z.object({
  min: numberOrNull,
  max: numberOrNull,
  mean: numberOrNull,
  total: numberOrNull,
  days_with_data: z.int(),
});

export const stationSchema = z.object({
  id: z.string(),
  name: stringOrNull,
  distance_km: numberOrNull,
  elevation_m: numberOrNull,
});

export const getHistoricalWeather = defineTool({
  name: "get_historical_weather",
  title: "Historical weather",
  description:
    'Past weather at any place, 1940 to yesterday: daily, hourly (up to 31 days) or monthly rows plus min/max/mean/total of the whole span. US: nearest station record (NOAA NCEI); elsewhere ERA5 reanalysis via Open-Meteo. source "noaa-cdo" needs NOAA_CDO_TOKEN.',
  input: z.strictObject({
    ...locationInput,
    start_date: calendarDate.describe("YYYY-MM-DD, local"),
    end_date: calendarDate.describe("inclusive"),
    granularity: z.enum(["daily", "hourly", "monthly"]).default("daily"),
    station_id: z
      .string()
      .regex(/^(GHCND:)?[A-Z0-9]{11}$/)
      .describe("GHCN id, instead of the nearest station")
      .optional(),
    ...unitsInput,
    source: z.enum(["auto", "ncei", "noaa-cdo", "open-meteo"]).default("auto"),
    limit: z.int().min(1).max(400).default(100),
    ...offsetInput,
  }),
  output: z.object({
    ...answerShape,
    kind: z.enum(["station", "reanalysis"]),
    station: orNull(stationSchema),
    granularity: z.enum(["daily", "hourly", "monthly"]),
    start_date: z.string(),
    end_date: z.string(),
    table: tableSchema,
    summary: z.record(z.string(), summarySchema),
    total_rows: z.int(),
    truncated: z.boolean(),
    next_offset: integerOrNull,
  }),
  async run(input, { services, scope, nowMs }) {
    const located = await locate(input, services, scope);
    const { granularity } = input;
    const span = checkSpan(input.start_date, input.end_date, granularity, located.place.timezone, nowMs);
    const stationId = input.station_id?.replace(/^GHCND:/, "");
    if (stationId && (granularity === "hourly" || input.source === "open-meteo")) {
      throw invalidInput("station_id", "not possible with hourly rows or source open-meteo", "Leave station_id out.");
    }
    const asked = { span, granularity, stationId, source: input.source };
    const found = await findHistory(asked, located, services, scope);
    const system = unitSystemOf(input.units, located, services);
    const summary = summarize(found.rows, system);
    const timeName = { daily: "date", hourly: "time", monthly: "month" }[granularity];
    return tableAnswer({
      located,
      title: `Weather ${span.from} to ${span.to}`,
      provenance: found.provenance,
      warnings: [...located.warnings, ...found.warnings],
      nowMs,
      system,
      columns: historyColumns(found.rows, timeName, found.expected),
      offset: input.offset,
      limit: input.limit,
      tableKey: "table",
      totalKey: "total_rows",
      extra: {
        kind: found.station ? "station" : "reanalysis",
        station: found.station && {
          id: found.station.id,
          name: found.station.name,
          distance_km: found.station.distanceKm,
          elevation_m: found.station.elevationM,
        },
        granularity,
        start_date: span.from,
        end_date: span.to,
        summary,
      },
      bodyText: [stationLine(found.station), ...summaryLines(summary)],
      summarize: () =>
        summaryText(granularity, summary, found.rows.length, {
          degrees: unitOf("temperature", system),
          depth: unitOf("precipitation", system),
        }),
    });
  },
});

function stationLine(station: Awaited<ReturnType<typeof findHistory>>["station"]): string {
  if (!station) return "Reanalysis (a model's reconstruction), not a station's record.";
  const away = station.distanceKm === null ? "" : `, ${station.distanceKm} km away`;
  const height = station.elevationM === null ? "" : `, ${station.elevationM} m above the sea`;
  return `Station ${station.id} ${station.name ?? ""}${away}${height}`;
}

function summaryLines(summary: Readonly<Record<string, FieldSummary>>): string[] {
  return Object.entries(summary).map(([field, { min, max, mean, total, days_with_data: rows }]) => {
    const sum = total === null ? "" : `, total ${total}`;
    return `${field}: min ${min}, max ${max}, mean ${mean}${sum} (${rows} rows with data)`;
  });
}

function summaryText(
  granularity: Granularity,
  summary: Readonly<Record<string, FieldSummary>>,
  rows: number,
  { degrees, depth }: { degrees: string; depth: string },
): string {
  const warm = summary.temp_max ?? summary.temperature;
  const cold = summary.temp_min ?? summary.temperature;
  // The figures of a month are means of its days; only those of days and hours are extremes.
  const [highest, lowest] =
    granularity === "monthly"
      ? ["warmest month's mean daily high", "coldest month's mean daily low"]
      : ["highest", "lowest"];
  const parts = [
    warm ? `${highest} ${warm.max} ${degrees}` : null,
    cold ? `${lowest} ${cold.min} ${degrees}` : null,
    summary.precip ? `total precipitation ${summary.precip.total} ${depth}` : null,
  ].filter((part) => part !== null);
  const span = `${rows} ${{ daily: "days", hourly: "hours", monthly: "months" }[granularity]}`;
  return `${span}${parts.length > 0 ? `: ${parts.join(", ")}` : " without values"}.`;
}
