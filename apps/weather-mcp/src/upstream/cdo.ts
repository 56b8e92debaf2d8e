import { WeatherError } from "../errors/weather-error.ts";
import type { CalendarDate } from "../time/calendar.ts";
import type { CallScope } from "./call-scope.ts";
import { asArray, asNumber, asObject, asString, failedQualityControl, stringOrNull } from "./decode.ts";
import { type FailedResponse, judgeStatus, rateLimited, type Verdict } from "./failure.ts";
import type { RecordStation } from "./ncei.ts";
import { type Fetched, oldestOf, type UpstreamClient } from "./upstream-client.ts";

/** One measurement of one day; values in metric units. */
export interface CdoRecord {
  readonly date: CalendarDate;
  readonly type: string;
  /** null when it failed NOAA's quality control. */
  readonly value: number | null;
}

export const CDO_ATTRIBUTION = "NOAA Climate Data Online";

const PAGE = 1_000;
const DAY_MS = 86_400_000;

/** NOAA Climate Data Online v2, the older service that needs a token. Used only when a caller asks for it. */
export class Cdo {
  readonly #client: UpstreamClient;
  readonly #token: string | undefined;

  constructor(client: UpstreamClient, token: string | undefined) {
    this.#client = client;
    this.#token = token;
  }

  /** Stations of the daily data set in a box round the point; in no order. */
  async stationsNear(
    place: { latitude: number; longitude: number },
    span: { from: CalendarDate; to: CalendarDate },
    scope: CallScope,
  ): Promise<readonly RecordStation[]> {
    const margin = 0.4;
    const latitude = Math.round(place.latitude * 10) / 10;
    const longitude = Math.round(place.longitude * 10) / 10;
    const extent = [latitude - margin, longitude - margin, latitude + margin, longitude + margin];
    const query = {
      datasetid: "GHCND",
      datatypeid: "TMAX",
      extent: extent.map((degrees) => Number(degrees.toFixed(3))).join(","),
      startdate: span.from,
      enddate: span.to,
      limit: PAGE,
    };
    const { value } = await this.#get("/stations", query, decodeStations, scope);
    return value;
  }

  /** Daily records of one station. The service gives at most a year at a time, in pages. */
  async daily(
    stationId: string,
    span: { from: CalendarDate; to: CalendarDate },
    scope: CallScope,
  ): Promise<Fetched<readonly CdoRecord[]>> {
    const records: CdoRecord[] = [];
    const pages: Fetched<Page<CdoRecord>>[] = [];
    let last: Fetched<Page<CdoRecord>> | undefined;
    do {
      last = await this.#get(
        "/data",
        {
          datasetid: "GHCND",
          stationid: `GHCND:${stationId}`,
          startdate: span.from,
          enddate: span.to,
          units: "metric",
          limit: PAGE,
          offset: records.length + 1,
        },
        decodeRecords,
        scope,
      );
      pages.push(last);
      records.push(...last.value.items);
    } while (last.value.items.length > 0 && records.length < last.value.total);
    return { ...oldestOf(pages), value: records };
  }

  #get<T>(
    path: string,
    query: Record<string, string | number>,
    decode: (body: unknown) => T,
    scope: CallScope,
  ): Promise<Fetched<T>> {
    if (this.#token === undefined) return Promise.reject(missingToken("NOAA_CDO_TOKEN is not set.", "token_missing"));
    const cache = { ttlMs: DAY_MS, staleMs: 30 * DAY_MS };
    const headers = { token: this.#token };
    return this.#client.get({ upstream: "cdo", path, query, headers, decode, judge: judgeCdo, cache }, scope);
  }
}

interface Page<T> {
  readonly items: readonly T[];
  readonly total: number;
}

/** No data at all is `{}`. */
function decodePage<T>(body: unknown, decodeItem: (item: unknown) => T): Page<T> {
  const { results = [], metadata } = asObject(body);
  const items = asArray(results).map(decodeItem);
  const resultset = asObject(asObject(metadata ?? {}).resultset ?? {});
  return { items, total: typeof resultset.count === "number" ? resultset.count : items.length };
}

function decodeRecords(body: unknown): Page<CdoRecord> {
  return decodePage(body, (item) => {
    const record = asObject(item);
    return {
      date: asString(record.date).slice(0, 10),
      type: asString(record.datatype),
      value: failedQualityControl(record.attributes) ? null : asNumber(record.value),
    };
  });
}

function decodeStations(body: unknown): RecordStation[] {
  return [
    ...decodePage(body, (item) => {
      const station = asObject(item);
      return {
        id: asString(station.id).replace(/^GHCND:/, ""),
        name: stringOrNull(station.name),
        latitude: asNumber(station.latitude),
        longitude: asNumber(station.longitude),
        temperatureFrom: stringOrNull(station.mindate),
        temperatureTo: stringOrNull(station.maxdate),
        coveragePct: typeof station.datacoverage === "number" ? station.datacoverage * 100 : null,
      };
    }).items,
  ];
}

/** Three formats in one service: JSON for tokens and limits, XML for parameters, HTML for outages. */
function judgeCdo(failed: FailedResponse): Verdict {
  const { upstream, status } = failed;
  const message = typeof failed.json.message === "string" ? failed.json.message : "";
  if (status === 400 && /token/i.test(message)) {
    const error = /required/i.test(message)
      ? missingToken("NOAA CDO did not get a token.", "token_missing")
      : missingToken("NOAA CDO does not accept the token in NOAA_CDO_TOKEN.", "token_invalid");
    return { error, retry: "never", unwell: false };
  }
  if (status === 429) {
    if (!/per second/i.test(message))
      return rateLimited(upstream, status, undefined, "tomorrow, or use source ncei (no token, no such limit)");
    return rateLimited(upstream, status, 1_000);
  }
  if (status === 400) {
    const told = /<developerMessage>([^<]{1,200})<\/developerMessage>/.exec(failed.text)?.[1];
    const error = new WeatherError("INVALID_INPUT", `NOAA CDO refused the request${told ? `: ${told}` : "."}`, {
      reason: "upstream_refused_parameters",
      hint: "Ask for fewer days, or use source ncei.",
      upstream,
      status,
    });
    return { error, retry: "never", unwell: false };
  }
  return judgeStatus(failed);
}

function missingToken(message: string, reason: string): WeatherError {
  return new WeatherError("MISSING_TOKEN", message, {
    reason,
    hint: 'Use source "auto" or "ncei", which need no token; a token for CDO is free at ncdc.noaa.gov/cdo-web/token.',
    upstream: "cdo",
  });
}
