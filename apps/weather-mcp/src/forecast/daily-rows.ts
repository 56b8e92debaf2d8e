import type { CalendarDate } from "../time/calendar.ts";

/** One local day of a forecast, in SI units. */
export interface DailyRow {
  readonly date: CalendarDate;
  readonly highC: number | null;
  readonly lowC: number | null;
  readonly feelsLikeHighC: number | null;
  readonly precipProbabilityPct: number | null;
  readonly rainMm: number | null;
  readonly snowCm: number | null;
  readonly windMaxKmh: number | null;
  readonly gustKmh: number | null;
  readonly windDirectionDeg: number | null;
  readonly uvIndex: number | null;
  readonly condition: string | null;
  readonly detail: string | null;
  readonly sunriseMs: number | null;
  readonly sunsetMs: number | null;
  readonly source: "nws" | "open-meteo";
}

/** Greatest of the values that exist; null when none does. */
export function maxOf(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length > 0 ? Math.max(...known) : null;
}

/** Least of the values that exist; null when none does. */
export function minOf(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length > 0 ? Math.min(...known) : null;
}
