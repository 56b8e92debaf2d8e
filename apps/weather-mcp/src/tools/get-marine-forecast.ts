import * as z from "zod/v4";
import { WeatherError } from "../errors/weather-error.ts";
import { distanceKm } from "../location/distance.ts";
import { locate, unitSystemOf } from "../location/locate.ts";
import { answerShape, tableSchema } from "../output/answer.ts";
import { integerOrNull } from "../output/or-null.ts";
import type { BuiltTable, Column } from "../output/table.ts";
import { tableAnswer } from "../output/table-answer.ts";
import type { Quantity } from "../output/units.ts";
import { formatUtcDate } from "../time/calendar.ts";
import { formatLocal } from "../time/zone.ts";
import { OPEN_METEO_ATTRIBUTION, type OpenMeteoAnswer, type Series } from "../upstream/open-meteo.ts";
import { locationInput, offsetInput, unitsInput } from "./inputs.ts";
import { defineTool } from "./tool.ts";

const HOUR_MS = 3_600_000;
/** Farther than this the model's sea is hardly the sea that was asked about. */
const FAR_KM = 30;

const HOURLY: Readonly<Record<string, Quantity>> = {
  wave_height: "wave_height",
  wave_direction: "direction",
  wave_period: "period",
  swell_wave_height: "wave_height",
  swell_wave_direction: "direction",
  swell_wave_period: "period",
  sea_surface_temperature: "temperature",
};
const DAILY: Readonly<Record<string, Quantity>> = {
  wave_height_max: "wave_height",
  wave_direction_dominant: "direction",
  wave_period_max: "period",
  swell_wave_height_max: "wave_height",
  swell_wave_period_max: "period",
};

export const getMarineForecast = defineTool({
  name: "get_marine_forecast",
  title: "Marine forecast",
  description:
    "Waves and swell (height, period, direction) and sea temperature at a coast or at sea, up to 8 days. Says how far the model's sea point is. Not for navigation.",
  input: z.strictObject({
    ...locationInput,
    days: z.int().min(1).max(8).default(3),
    granularity: z.enum(["daily", "hourly"]).default("daily"),
    ...unitsInput,
    ...offsetInput,
  }),
  output: z.object({
    ...answerShape,
    granularity: z.enum(["daily", "hourly"]),
    sea_point: z.object({ latitude: z.number(), longitude: z.number(), distance_km: z.number() }),
    table: tableSchema,
    total_available: z.int(),
    truncated: z.boolean(),
    next_offset: integerOrNull,
  }),
  async run({ days, granularity, units, offset, ...where }, { services, scope, nowMs }) {
    const located = await locate(where, services, scope);
    const { place } = located;
    const daily = granularity === "daily";
    const variables = daily
      ? { daily: Object.keys(DAILY).join(","), timezone: place.timezone, forecast_days: 8 }
      : { hourly: Object.keys(HOURLY).join(","), timezone: "GMT", forecast_days: 9 };
    const query = { latitude: place.latitude, longitude: place.longitude, ...variables };
    const cache = { ttlMs: HOUR_MS, staleMs: 6 * HOUR_MS };
    const fetched = await services.openMeteo.get("open-meteo-marine", query, cache, scope);
    const sea = { latitude: fetched.value.latitude, longitude: fetched.value.longitude };
    const km = Math.round(distanceKm(sea, place) * 10) / 10;
    const columns = daily
      ? dailyColumns(fetched.value, days)
      : hourlyColumns(fetched.value, place.timezone, nowMs, days);
    if (columns.slice(1).every(({ values }) => values.every((value) => value === null))) throw noSea();
    const far = km > FAR_KM ? [`The nearest sea point of the model is ${km} km away.`] : [];
    return tableAnswer({
      located,
      title: "Marine forecast",
      provenance: {
        source: "open-meteo",
        fetched: [fetched],
        attribution: `${OPEN_METEO_ATTRIBUTION}; not for navigation`,
      },
      warnings: [...located.warnings, ...far],
      nowMs,
      system: unitSystemOf(units, located, services),
      columns,
      offset,
      tableKey: "table",
      totalKey: "total_available",
      extra: { granularity, sea_point: { ...sea, distance_km: km } },
      bodyText: [`sea_point ${sea.latitude},${sea.longitude}, distance_km ${km}`],
      summarize: (built) => highestWaves(built, daily ? "wave_height_max" : "wave_height"),
    });
  },
});

function dailyColumns({ daily, utcOffsetS }: OpenMeteoAnswer, days: number): Column[] {
  const { timeS, values } = daily ?? { timeS: [], values: {} };
  const shown = timeS.slice(0, days);
  const dates = shown.map((seconds) => formatUtcDate((seconds + utcOffsetS) * 1_000));
  return [{ name: "date", values: dates }, ...seriesColumns(DAILY, values, 0, shown.length)];
}

function hourlyColumns({ hourly }: OpenMeteoAnswer, zone: string, nowMs: number, days: number): Column[] {
  const { timeS, values } = hourly ?? { timeS: [], values: {} };
  const first = Math.max(
    0,
    timeS.findIndex((seconds) => seconds * 1_000 + HOUR_MS > nowMs),
  );
  const shown = timeS.slice(first, first + days * 24);
  const times = shown.map((seconds) => formatLocal(seconds * 1_000, zone));
  return [{ name: "time", values: times }, ...seriesColumns(HOURLY, values, first, shown.length)];
}

function seriesColumns(
  kinds: Readonly<Record<string, Quantity>>,
  values: Series["values"],
  first: number,
  count: number,
): Column[] {
  return Object.entries(kinds).map(([name, quantity]) => ({
    name,
    quantity,
    values: values[name]?.slice(first, first + count) ?? Array.from({ length: count }, () => null),
    expected: name.startsWith("wave_height"),
  }));
}

function highestWaves({ table, units }: BuiltTable, column: string): string {
  const index = table.columns.indexOf(column);
  const heights = table.rows.map((row) => row[index]).filter((value) => typeof value === "number");
  return heights.length > 0
    ? `Waves up to ${Math.max(...heights)} ${units[column]}.`
    : "Wave heights are not known here.";
}

function noSea(): WeatherError {
  return new WeatherError("NOT_FOUND", "There is no sea near this place.", {
    reason: "not_covered",
    hint: "Give a place on the coast or coordinates at sea.",
    upstream: "open-meteo-marine",
  });
}
