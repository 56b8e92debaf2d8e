import { type Interval, overlapMs } from "../time/interval.ts";
import { endOfDay, localDate, localHour, startOfDay } from "../time/zone.ts";
import type { GridData, GridLayer, NwsForecast, NwsPeriod } from "../upstream/nws-decode.ts";
import { type DailyRow, maxOf, minOf } from "./daily-rows.ts";

/**
 * Local days out of the NWS half-day periods, with amounts from the raw grid when there is one.
 * The low of a day is that of its night; a day whose daytime is over has no high.
 */
export function nwsDailyRows(forecast: NwsForecast, grid: GridData | null, zone: string, nowMs: number): DailyRow[] {
  const byDate = new Map<string, NwsPeriod[]>();
  for (const period of forecast.periods) {
    // The service leaves periods in its list for a while after they have ended.
    if (period.endMs <= nowMs) continue;
    const date = localDate(period.startMs, zone);
    byDate.set(date, [...(byDate.get(date) ?? []), period]);
  }
  return [...byDate].map(([date, periods]) => {
    const span = { startMs: startOfDay(date, zone), endMs: endOfDay(date, zone) };
    return { ...dayOf(date, periods, zone), ...amountsOf(grid, span, nowMs) };
  });
}

function dayOf(date: string, periods: readonly NwsPeriod[], zone: string): DailyRow {
  const days = periods.filter((period) => period.isDaytime);
  const nights = periods.filter((period) => !period.isDaytime);
  // Early in the morning the list begins with the night before ("Overnight"), which is not this day's low.
  const ownNights = nights.filter((night) => localHour(night.startMs, zone) >= 6);
  const main = days[0] ?? periods[0];
  return {
    date,
    highC: maxOf(days.map((period) => period.temperatureC)),
    lowC: minOf((ownNights.length > 0 ? ownNights : nights).map((period) => period.temperatureC)),
    feelsLikeHighC: null,
    precipProbabilityPct: maxOf(periods.map((period) => period.precipProbabilityPct)),
    rainMm: null,
    snowCm: null,
    windMaxKmh: maxOf(periods.map((period) => period.windMaxKmh)),
    gustKmh: null,
    windDirectionDeg: main?.windDirectionDeg ?? null,
    uvIndex: null,
    condition: main?.condition ?? null,
    detail: periods.map((period) => detailOf(period)).join(" ") || null,
    sunriseMs: null,
    sunsetMs: null,
    source: "nws",
  };
}

function detailOf(period: NwsPeriod): string {
  const text = period.detail ?? period.condition ?? "";
  return period.isDaytime || period.name === null ? text : `${period.name}: ${text}`;
}

function amountsOf(grid: GridData | null, day: Interval, nowMs: number): Partial<DailyRow> {
  if (!grid) return {};
  const rest = { startMs: Math.max(day.startMs, nowMs), endMs: day.endMs };
  return {
    feelsLikeHighC: maxOf(within(grid.feelsLikeC, rest)),
    rainMm: sumOver(grid.rainMm, rest),
    snowCm: sumOver(grid.snowCm, rest),
    gustKmh: maxOf(within(grid.gustKmh, rest)),
  };
}

function within(layer: readonly GridLayer[], span: Interval): number[] {
  return layer.filter((part) => overlapMs(part, span) > 0).map((part) => part.value);
}

/** Sum of amounts that are given for several hours at a time; null when the layer does not reach over the whole span. */
function sumOver(layer: readonly GridLayer[], span: Interval): number | null {
  let sum = 0;
  let coveredMs = 0;
  for (const part of layer) {
    const shared = overlapMs(part, span);
    sum += part.value * (shared / (part.endMs - part.startMs));
    coveredMs += shared;
  }
  return coveredMs >= span.endMs - span.startMs - 60_000 ? sum : null;
}
