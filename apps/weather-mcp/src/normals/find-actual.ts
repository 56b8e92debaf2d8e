import { WeatherError } from "../errors/weather-error.ts";
import { dailyForecast } from "../forecast/daily-forecast.ts";
import { findHistory } from "../history/find-history.ts";
import type { HistoryRow } from "../history/history-rows.ts";
import type { Located } from "../location/locate.ts";
import { daysBetween } from "../time/calendar.ts";
import { localDate } from "../time/zone.ts";
import type { CallScope } from "../upstream/call-scope.ts";
import type { WeatherServices } from "../upstream/weather-services.ts";
import type { Actual, Period } from "./normals.ts";

/** Farthest day that a forecast reaches, counted from today. */
const FORECAST_REACH_DAYS = 15;

/** What the period was or will be like; null for one that is not over, or too far ahead. */
export async function findActual(
  period: Period,
  located: Located,
  stationId: string | null,
  services: WeatherServices,
  scope: CallScope,
): Promise<Actual | null> {
  const today = localDate(services.clock.now(), located.place.timezone);
  if (period.to < today) return fromHistory(period, located, stationId, services, scope);
  if (period.isMonth) return null;
  const ahead = daysBetween(today, period.text);
  return ahead > FORECAST_REACH_DAYS ? null : fromForecast(period.text, ahead, located, services, scope);
}

async function fromHistory(
  period: Period,
  located: Located,
  stationId: string | null,
  services: WeatherServices,
  scope: CallScope,
): Promise<Actual | null> {
  const span = { from: period.from, to: period.to };
  const granularity = period.isMonth ? "monthly" : "daily";
  const search = (source: "ncei" | "open-meteo", id: string | undefined) =>
    findHistory({ span, granularity, stationId: id, source }, located, services, scope);
  // The same station first: a difference between two stations is not a difference from the normal.
  let warnings: string[] = [];
  const found = stationId
    ? await search("ncei", stationId).catch((error: unknown) => {
        scope.signal.throwIfAborted();
        if (!(error instanceof WeatherError)) throw error;
        warnings = [`${error.message} What it was like is from reanalysis, which differs from a station.`];
        return search("open-meteo", undefined);
      })
    : await search("open-meteo", undefined);
  const row = found.rows[0];
  if (!row) return null;
  return {
    values: valuesOf(row),
    kind: found.station ? "station" : "reanalysis",
    attribution: found.provenance.attribution,
    warnings,
    fetched: found.provenance.fetched as Actual["fetched"],
  };
}

function valuesOf({ values }: HistoryRow): Actual["values"] {
  const [high, low] = [values.temp_max ?? null, values.temp_min ?? null];
  const middle = high !== null && low !== null ? (high + low) / 2 : null;
  return {
    tempMaxC: high,
    tempMinC: low,
    // NOAA's normals of the mean are the middle between high and low, so the actual one has to be, too.
    tempMeanC: middle,
    precipMm: values.precip ?? null,
  };
}

async function fromForecast(
  date: string,
  ahead: number,
  located: Located,
  services: WeatherServices,
  scope: CallScope,
): Promise<Actual | null> {
  const forecast = await dailyForecast(located, ahead + 1, "auto", services, scope);
  const row = forecast.rows.find((candidate) => candidate.date === date);
  if (!row) return null;
  const { highC, lowC } = row;
  const tempMeanC = highC !== null && lowC !== null ? (highC + lowC) / 2 : null;
  return {
    values: { tempMaxC: highC, tempMinC: lowC, tempMeanC, precipMm: row.rainMm },
    kind: "forecast",
    attribution: forecast.provenance.attribution,
    warnings: forecast.warnings,
    fetched: forecast.provenance.fetched as Actual["fetched"],
  };
}
