import { WeatherError } from "../errors/weather-error.ts";
import { distanceKm } from "../location/distance.ts";
import type { Place } from "../location/place.ts";
import {
  addDays,
  type CalendarDate,
  daysBetween,
  earlierOf,
  formatUtcDate,
  lastDateOfMonth,
  monthOf,
} from "../time/calendar.ts";
import type { CallScope } from "../upstream/call-scope.ts";
import type { Cdo } from "../upstream/cdo.ts";
import type { Ncei, StationDay, StationRecords } from "../upstream/ncei.ts";
import { type Fetched, oldestOf } from "../upstream/upstream-client.ts";
import type { Span } from "./archive-history.ts";
import { chooseStations, MAX_STATION_KM } from "./choose-station.ts";
import type { HistoryRow } from "./history-rows.ts";

export interface UsedStation {
  readonly id: string;
  readonly name: string | null;
  readonly distanceKm: number | null;
  readonly elevationM: number | null;
}

export interface StationHistory {
  readonly rows: readonly HistoryRow[];
  readonly station: UsedStation;
  readonly fetched: Fetched<unknown>;
  readonly warnings: readonly string[];
}

const TYPES = ["TMAX", "TMIN", "TAVG", "PRCP", "SNOW", "SNWD", "AWND", "WSF5"];
const DAY_MS = 86_400_000;
const FINAL_AFTER_DAYS = 10;
/** A station on a mountain says little about a town in the valley. */
const MAX_HEIGHT_DIFFERENCE_M = 300;
/** Share of the span's days that a station must have, to be taken for the place's record. */
const MIN_SHARE = 0.5;
/** Stations that are tried one after the other. */
const MAX_TRIES = 3;

/** Daily records of the named station, or of the nearest one that has them; rejects with NOT_FOUND when there is none. */
export async function stationDaily(
  ncei: Ncei,
  place: Place,
  span: Span,
  stationId: string | undefined,
  nowMs: number,
  scope: CallScope,
): Promise<StationHistory> {
  const wantedDays = daysBetween(span.from, span.to) + 1;
  const fetch = (id: string) => {
    const query = { dataset: "daily-summaries", stations: [id], ...span, types: TYPES, units: "metric" } as const;
    return ncei.records(query, stationCache(span, wantedDays, nowMs), scope);
  };
  return tryStations(ncei, place, span, stationId, wantedDays, fetch, scope);
}

/** Monthly records; the span is widened to whole months. */
export async function stationMonthly(
  ncei: Ncei,
  place: Place,
  span: Span,
  stationId: string | undefined,
  nowMs: number,
  scope: CallScope,
): Promise<StationHistory> {
  const months = { from: `${monthOf(span.from)}-01`, to: lastDateOfMonth(monthOf(span.to)) };
  const wantedMonths = Math.round((daysBetween(months.from, months.to) + 1) / 30.44);
  const types = ["TMAX", "TMIN", "TAVG", "PRCP", "SNOW", "AWND"];
  const fetch = (id: string) => {
    const query = {
      dataset: "global-summary-of-the-month",
      stations: [id],
      ...months,
      types,
      units: "metric",
    } as const;
    return ncei.records(query, stationCache(span, wantedMonths, nowMs), scope);
  };
  return tryStations(ncei, place, span, stationId, wantedMonths, fetch, scope);
}

async function tryStations(
  ncei: Ncei,
  place: Place,
  span: Span,
  stationId: string | undefined,
  wantedRows: number,
  fetch: (id: string) => Promise<Fetched<StationRecords>>,
  scope: CallScope,
): Promise<StationHistory> {
  const candidates = stationId
    ? [{ id: stationId, name: null }]
    : chooseStations((await ncei.stationsNear(place, span, scope)).value, place, span).slice(0, MAX_TRIES);
  for (const { id, name } of candidates) {
    const fetched = await fetch(id);
    const found = fetched.value.stations.find((station) => station.id === id);
    if (!found || found.days.length === 0) continue;
    const station = describeStation({ ...found, name: found.name ?? name }, place);
    if (!stationId && !isTelling(found.days, station, place, wantedRows)) continue;
    const warnings = gapWarnings(found.days, fetched.value, wantedRows);
    return { rows: found.days.map(toRow), station, fetched, warnings };
  }
  throw noStation(stationId, span);
}

/** Records by way of NOAA CDO, which gives less than a year at a time. */
export async function cdoDaily(
  cdo: Cdo,
  place: Place,
  span: Span,
  stationId: string | undefined,
  scope: CallScope,
): Promise<StationHistory> {
  const candidates = stationId ? [] : chooseStations(await cdo.stationsNear(place, span, scope), place, span);
  const chosen = candidates[0];
  const id = stationId ?? chosen?.id;
  if (id === undefined) throw noStation(undefined, span);
  const byDate = new Map<CalendarDate, Record<string, number | null>>();
  const parts: Fetched<unknown>[] = [];
  let flagged = 0;
  for (let from = span.from; from <= span.to; from = addDays(from, 360)) {
    const fetched = await cdo.daily(id, { from, to: earlierOf(addDays(from, 359), span.to) }, scope);
    for (const { date, type, value } of fetched.value) {
      const values = byDate.get(date) ?? {};
      values[type] = value;
      byDate.set(date, values);
      if (value === null && TYPES.includes(type)) flagged += 1;
    }
    parts.push(fetched);
  }
  const days = [...byDate].map(([date, values]) => ({ date, values })).sort((a, b) => (a.date < b.date ? -1 : 1));
  if (days.length === 0) throw noStation(stationId, span);
  const station = {
    id,
    name: chosen?.name ?? null,
    distanceKm: chosen ? Math.round(chosen.distanceKm * 10) / 10 : null,
    elevationM: null,
  };
  const wanted = daysBetween(span.from, span.to) + 1;
  const fetched = { value: undefined, ...oldestOf(parts) };
  return { rows: days.map(toRow), station, fetched, warnings: gapWarnings(days, { flagged }, wanted) };
}

/** Metric NOAA units to ours: snow mm to cm, wind m/s to km/h. */
function toRow({ date, values }: StationDay): HistoryRow {
  const scaled = (type: string, factor: number) => {
    const value = values[type] ?? null;
    return value === null ? null : value * factor;
  };
  return {
    at: date,
    values: {
      temp_max: values.TMAX ?? null,
      temp_min: values.TMIN ?? null,
      temp_mean: values.TAVG ?? null,
      precip: values.PRCP ?? null,
      snowfall: scaled("SNOW", 0.1),
      snow_depth: scaled("SNWD", 0.1),
      wind_avg: scaled("AWND", 3.6),
      wind_gust: scaled("WSF5", 3.6),
    },
  };
}

function describeStation(found: StationRecords["stations"][number], place: Place): UsedStation {
  const { id, name, latitude, longitude, elevationM } = found;
  const km = latitude === null || longitude === null ? null : distanceKm({ latitude, longitude }, place);
  return { id, name, elevationM, distanceKm: km === null ? null : Math.round(km * 10) / 10 };
}

function isTelling(days: readonly StationDay[], station: UsedStation, place: Place, wantedRows: number): boolean {
  const withHigh = days.filter((day) => (day.values.TMAX ?? null) !== null).length;
  const height = station.elevationM === null || place.elevationM === null ? 0 : station.elevationM - place.elevationM;
  return withHigh >= wantedRows * MIN_SHARE && Math.abs(height) <= MAX_HEIGHT_DIFFERENCE_M;
}

function gapWarnings(days: readonly StationDay[], { flagged }: { flagged: number }, wantedRows: number): string[] {
  const warnings = [];
  if (days.length < wantedRows)
    warnings.push(`The station has ${days.length} of the ${wantedRows} records of this span.`);
  if (flagged > 0) warnings.push(`${flagged} value(s) failed NOAA's quality control and were left out.`);
  return warnings;
}

/** Old and complete records do not change any more; late or missing ones may still come. */
function stationCache(span: Span, wantedRows: number, nowMs: number) {
  const settled = span.to <= addDays(formatUtcDate(nowMs), -FINAL_AFTER_DAYS);
  const isWhole = ({ stations }: StationRecords) =>
    stations.some(
      ({ days }) => days.length >= wantedRows && days.every(({ values }) => (values.TMAX ?? null) !== null),
    );
  const ttlMs = (records: StationRecords) => (settled && isWhole(records) ? 30 * DAY_MS : 3_600_000);
  return { ttlMs, staleMs: 365 * DAY_MS };
}

function noStation(stationId: string | undefined, span: Span): WeatherError {
  const message = stationId
    ? `Station ${stationId} has no records from ${span.from} to ${span.to}.`
    : `No weather station within ${MAX_STATION_KM} km has records from ${span.from} to ${span.to}.`;
  return new WeatherError("NOT_FOUND", message, {
    reason: "no_station_records",
    hint: 'Use source "open-meteo" (reanalysis, any place since 1940), or leave out station_id.',
  });
}
