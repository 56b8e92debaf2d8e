import { WeatherError } from "../errors/weather-error.ts";
import type { Place } from "../location/place.ts";
import { formatUtcDate } from "../time/calendar.ts";
import type { CallScope } from "../upstream/call-scope.ts";
import type { OpenMeteo, OpenMeteoAnswer } from "../upstream/open-meteo.ts";
import type { Normals, Period } from "./normals.ts";

const YEAR_MS = 365 * 86_400_000;
/** Days on either side that are taken together: one day of thirty years alone is too few to say what is usual. */
const WINDOW_DAYS = 7;

interface Sample {
  readonly date: string;
  readonly highC: number | null;
  readonly lowC: number | null;
  readonly meanC: number | null;
  readonly precipMm: number | null;
}

/** Means of 30 years of reanalysis. One heavy request a place, remembered for as long as the cache holds it. */
export async function archiveNormals(
  openMeteo: OpenMeteo,
  place: Place,
  period: Period,
  scope: CallScope,
): Promise<Normals> {
  const { latitude, longitude, timezone } = place;
  const daily = "temperature_2m_max,temperature_2m_min,temperature_2m_mean,precipitation_sum";
  const span = { start_date: "1991-01-01", end_date: "2020-12-31" };
  const query = { latitude, longitude, ...span, daily, timezone };
  const fetched = await openMeteo.get("open-meteo-archive", query, { ttlMs: YEAR_MS }, scope);
  const samples = samplesOf(fetched.value).filter(({ date }) => belongs(date, period));
  const highsC = samples.map(({ highC }) => highC).filter((value) => value !== null);
  if (highsC.length === 0) throw noRecords();
  const precipMm = meanOf(samples.map((sample) => sample.precipMm));
  const daysOfMonth = Number(period.to.slice(8));
  return {
    values: {
      tempMaxC: meanOf(samples.map(({ highC }) => highC)),
      tempMinC: meanOf(samples.map(({ lowC }) => lowC)),
      tempMeanC: meanOf(samples.map(({ meanC }) => meanC)),
      precipMm: precipMm === null || !period.isMonth ? precipMm : precipMm * daysOfMonth,
    },
    baseline: period.isMonth
      ? "mean of this month in 1991-2020 (ERA5 reanalysis)"
      : `mean of the days within a week of this date in 1991-2020 (ERA5 reanalysis)`,
    stationId: null,
    source: "open-meteo",
    fetched,
    highsC: period.isMonth ? [] : highsC,
  };
}

function samplesOf({ daily, utcOffsetS }: OpenMeteoAnswer): Sample[] {
  const { timeS, values } = daily ?? { timeS: [], values: {} };
  const at = (name: string, index: number) => values[name]?.[index] ?? null;
  return timeS.map((seconds, index) => ({
    date: formatUtcDate((seconds + utcOffsetS) * 1_000),
    highC: at("temperature_2m_max", index),
    lowC: at("temperature_2m_min", index),
    meanC: at("temperature_2m_mean", index),
    precipMm: at("precipitation_sum", index),
  }));
}

function belongs(date: string, period: Period): boolean {
  if (period.isMonth) return date.slice(5, 7) === period.text.slice(5, 7);
  const apart = Math.abs(dayOfYear(date) - dayOfYear(period.text));
  return Math.min(apart, 366 - apart) <= WINDOW_DAYS;
}

/** 1 to 366 as in a leap year, so that a date has the same number in every year. */
function dayOfYear(date: string): number {
  return (
    (Date.UTC(2020, Number(date.slice(5, 7)) - 1, Number(date.slice(8, 10))) - Date.UTC(2019, 11, 31)) / 86_400_000
  );
}

function meanOf(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length > 0 ? known.reduce((a, b) => a + b, 0) / known.length : null;
}

function noRecords(): WeatherError {
  return new WeatherError("NOT_FOUND", "There is no record of 1991-2020 for this place.", {
    reason: "no_station_records",
    hint: "Ask for a place nearby.",
    upstream: "open-meteo-archive",
  });
}
