import { WeatherError } from "../errors/weather-error.ts";
import type { CalendarDate } from "../time/calendar.ts";
import type { CallScope } from "./call-scope.ts";
import {
  asArray,
  asNumber,
  asObject,
  asString,
  failedQualityControl,
  paddedNumberOrNull,
  stringOrNull,
} from "./decode.ts";
import { type FailedResponse, judgeStatus, type Verdict } from "./failure.ts";
import type { CachePolicy } from "./response-cache.ts";
import type { Fetched, UpstreamClient } from "./upstream-client.ts";

/** A station that keeps records. */
export interface RecordStation {
  /** GHCN id without prefix, as in USW00014735. */
  readonly id: string;
  readonly name: string | null;
  readonly latitude: number;
  readonly longitude: number;
  /** First and last day of its maximum temperatures; null when it has none. */
  readonly temperatureFrom: CalendarDate | null;
  readonly temperatureTo: CalendarDate | null;
  /** Share of days with a maximum temperature, 0 to 100. */
  readonly coveragePct: number | null;
}

export const NCEI_ATTRIBUTION = "NOAA National Centers for Environmental Information";

export type NceiDataset =
  | "daily-summaries"
  | "global-summary-of-the-month"
  | "normals-daily-1991-2020"
  | "normals-monthly-1991-2020";

export interface RecordQuery {
  readonly dataset: NceiDataset;
  readonly stations: readonly string[];
  readonly from: CalendarDate;
  readonly to: CalendarDate;
  readonly types: readonly string[];
  /** metric: °C, mm, m/s; standard: °F, in, mph. */
  readonly units: "metric" | "standard";
}

export interface StationDay {
  readonly date: string;
  /** By data type; a type that was not measured is null. */
  readonly values: Readonly<Record<string, number | null>>;
}

export interface StationRecords {
  readonly stations: readonly {
    id: string;
    name: string | null;
    latitude: number | null;
    longitude: number | null;
    elevationM: number | null;
    days: readonly StationDay[];
  }[];
  /** Values left out because they failed quality control. */
  readonly flagged: number;
}

const DAY_MS = 86_400_000;

/** Station records from NCEI's access services; no token. */
export class Ncei {
  readonly #client: UpstreamClient;

  constructor(client: UpstreamClient) {
    this.#client = client;
  }

  /** Stations within `marginDeg` degrees of a point with temperature records in the span; in no order. */
  stationsNear(
    place: { latitude: number; longitude: number },
    span: { from: CalendarDate; to: CalendarDate },
    scope: CallScope,
    marginDeg = 0.5,
  ): Promise<Fetched<readonly RecordStation[]>> {
    // One decimal keeps the cache key the same for a whole town.
    const latitude = Math.round(place.latitude * 10) / 10;
    const longitude = Math.round(place.longitude * 10) / 10;
    const wide = marginDeg / Math.max(0.2, Math.cos((latitude * Math.PI) / 180));
    const box = [latitude + marginDeg, longitude - wide, latitude - marginDeg, longitude + wide];
    return this.#client.get(
      {
        upstream: "ncei",
        path: "/search/v1/data",
        query: {
          dataset: "daily-summaries",
          // North, west, south, east; any other order is answered with an error.
          bbox: box.map((degrees) => Number(degrees.toFixed(3))).join(","),
          startDate: span.from,
          endDate: span.to,
          dataTypes: "TMAX",
          limit: 100,
        },
        decode: decodeStations,
        judge: judgeNcei,
        cache: { ttlMs: DAY_MS, staleMs: 30 * DAY_MS },
      },
      scope,
    );
  }

  /**
   * Records of one or more stations in a data set. `dates` are `YYYY-MM-DD`, `YYYY-MM` in monthly sets and `MM-DD` in daily normals.
   * Values that failed NCEI's quality control are null.
   */
  records(query: RecordQuery, cache: CachePolicy<StationRecords>, scope: CallScope): Promise<Fetched<StationRecords>> {
    return this.#client.get(
      {
        upstream: "ncei",
        path: "/data/v1",
        query: {
          dataset: query.dataset,
          stations: query.stations.join(","),
          startDate: query.from,
          endDate: query.to,
          dataTypes: query.types.join(","),
          units: query.units,
          format: "json",
          // Only the daily records have quality flags; the attributes of other sets mean something else.
          includeAttributes: query.dataset === "daily-summaries" ? "true" : undefined,
          includeStationName: 1,
          includeStationLocation: 1,
        },
        decode: (body) => decodeRecords(body, query),
        judge: judgeNcei,
        cache,
      },
      scope,
    );
  }
}

function decodeStations(body: unknown): RecordStation[] {
  return asArray(asObject(body).results).flatMap((item) => {
    const result = asObject(item);
    const [first] = asArray(result.stations);
    if (first === undefined) return [];
    const station = asObject(first);
    const [longitude, latitude] = asArray(result.centroid ?? asObject(result.location).coordinates);
    const types = asArray(station.dataTypes ?? []).map(asObject);
    const highs = types.find((type) => type.id === "TMAX");
    return {
      id: asString(station.id),
      name: stringOrNull(station.name),
      latitude: asNumber(latitude),
      longitude: asNumber(longitude),
      temperatureFrom: day(highs?.startDate),
      temperatureTo: day(highs?.endDate),
      coveragePct: typeof highs?.coverage === "number" ? highs.coverage : null,
    };
  });
}

function decodeRecords(body: unknown, { types, dataset }: RecordQuery): StationRecords {
  const hasQualityFlags = dataset === "daily-summaries";
  const byStation = new Map<string, StationRecords["stations"][number] & { days: StationDay[] }>();
  let flagged = 0;
  for (const item of asArray(body)) {
    const row = asObject(item);
    const id = asString(row.STATION);
    let station = byStation.get(id);
    if (!station) {
      station = {
        id,
        name: stringOrNull(row.NAME),
        latitude: paddedNumberOrNull(row.LATITUDE),
        longitude: paddedNumberOrNull(row.LONGITUDE),
        elevationM: paddedNumberOrNull(row.ELEVATION),
        days: [],
      };
      byStation.set(id, station);
    }
    const values: Record<string, number | null> = {};
    for (const type of types) {
      const failedQuality = hasQualityFlags && failedQualityControl(row[`${type}_ATTRIBUTES`]);
      if (failedQuality) flagged += 1;
      values[type] = failedQuality ? null : measured(row[type]);
    }
    station.days.push({ date: asString(row.DATE), values });
  }
  return { stations: [...byStation.values()], flagged };
}

/** NCEI writes large negative numbers for "missing" in some of its data sets. */
function measured(value: unknown): number | null {
  const number = paddedNumberOrNull(value);
  return number === null || number <= -999 ? null : number;
}

function day(value: unknown): CalendarDate | null {
  return typeof value === "string" ? value.slice(0, 10) : null;
}

/** The body of a 400 is not documented, so it is told in part only. */
function judgeNcei(failed: FailedResponse): Verdict {
  if (failed.status !== 400) return judgeStatus(failed);
  const told = typeof failed.json.errorMessage === "string" ? `: ${failed.json.errorMessage.slice(0, 200)}` : ".";
  const error = new WeatherError("INVALID_INPUT", `NOAA NCEI refused the request${told}`, {
    reason: "upstream_refused_parameters",
    hint: "Check the dates and the station id.",
    upstream: "ncei",
    status: 400,
  });
  return { error, retry: "never", unwell: false };
}
