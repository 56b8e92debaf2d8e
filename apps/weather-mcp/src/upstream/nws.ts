import { WeatherError } from "../errors/weather-error.ts";
import type { CallScope } from "./call-scope.ts";
import { type FailedResponse, judgeStatus, rateLimited, unavailable, type Verdict } from "./failure.ts";
import {
  decodeAlerts,
  decodeForecast,
  decodeGrid,
  decodeNewestProduct,
  decodeObservation,
  decodePoint,
  decodeProduct,
  decodeStations,
  type GridData,
  type NwsAlert,
  type NwsForecast,
  type NwsObservation,
  type NwsPoint,
  type NwsProduct,
  type NwsStation,
} from "./nws-decode.ts";
import type { Fetched, UpstreamClient, UpstreamRequest } from "./upstream-client.ts";

/** What the NWS says about a point: a forecast grid cell, or why it has none. */
export type NwsCoverage = ({ covered: true } & NwsPoint) | { covered: false; reason: "outside" | "marine" };
export type CoveredPoint = Extract<NwsCoverage, { covered: true }>;

export const NWS_ATTRIBUTION = "U.S. National Weather Service";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** Left of a call's time when the NWS hangs, for the fallback. */
const FALLBACK_RESERVE_MS = 5_000;

/** api.weather.gov: the United States, its territories and their waters. URLs are built here; links in answers are not followed. */
export class Nws {
  readonly #client: UpstreamClient;

  constructor(client: UpstreamClient) {
    this.#client = client;
  }

  /** Grid cell, zones and IANA zone of a point. Not covered is an answer, kept for a week. */
  async point(latitude: number, longitude: number, scope: CallScope, refresh = false): Promise<NwsCoverage> {
    const { value } = await this.#get<NwsCoverage>(
      {
        path: `/points/${coordinate(latitude)},${coordinate(longitude)}`,
        decode: (body) => {
          const point = decodePoint(body);
          return point ? { covered: true, ...point } : { covered: false, reason: "marine" };
        },
        recover: (error) => {
          if (error.reason === "not_covered") return { covered: false, reason: "outside" };
          return error.reason === "marine_not_supported" ? { covered: false, reason: "marine" } : undefined;
        },
        cache: { ttlMs: (value) => (value.covered ? DAY_MS : 7 * DAY_MS), staleMs: 30 * DAY_MS },
        refresh,
      },
      scope,
    );
    return value;
  }

  /** Half-day periods, with the forecasters' words. */
  forecast(point: CoveredPoint, scope: CallScope): Promise<Fetched<NwsForecast>> {
    return this.#grid(point, "/forecast?units=us", decodeForecast, scope);
  }

  /** 156 hours. */
  hourly(point: CoveredPoint, scope: CallScope): Promise<Fetched<NwsForecast>> {
    return this.#grid(point, "/forecast/hourly?units=us", decodeForecast, scope);
  }

  /** Raw layers: rain and snow amounts, gusts, feels-like. */
  gridData(point: CoveredPoint, scope: CallScope): Promise<Fetched<GridData>> {
    return this.#grid(point, "", decodeGrid, scope);
  }

  /** The nearest stations, nearest first. */
  stations(point: CoveredPoint, scope: CallScope): Promise<Fetched<readonly NwsStation[]>> {
    const cache = { ttlMs: DAY_MS, staleMs: 30 * DAY_MS };
    return this.#get({ path: `${gridPath(point)}/stations?limit=3`, decode: decodeStations, cache }, scope);
  }

  /** Newest observation of a station; null when it has none. */
  observation(stationId: string, scope: CallScope): Promise<Fetched<NwsObservation | null>> {
    return this.#get<NwsObservation | null>(
      {
        path: `/stations/${encodeURIComponent(stationId)}/observations?limit=1`,
        decode: decodeObservation,
        cache: { ttlMs: 3 * MINUTE_MS, staleMs: HOUR_MS },
      },
      scope,
    );
  }

  /**
   * Active alerts at a point or in a state or marine area. Never served from memory beyond a minute: rejects instead.
   * `optional`: the answer can do without, so a service that hangs is not asked twice.
   */
  alerts(
    where: { latitude: number; longitude: number } | { area: string },
    scope: CallScope,
    { optional = false } = {},
  ): Promise<Fetched<readonly NwsAlert[]>> {
    const at =
      "area" in where ? `area=${where.area}` : `point=${coordinate(where.latitude)},${coordinate(where.longitude)}`;
    return this.#get(
      {
        path: `/alerts/active?status=actual&${at}`,
        decode: decodeAlerts,
        cache: { ttlMs: MINUTE_MS },
        // Nothing else has official alerts, so there is no fallback to leave time for.
        reserveMs: optional ? FALLBACK_RESERVE_MS : 0,
      },
      scope,
    );
  }

  /** The newest forecast discussion of an office; rejects with NOT_FOUND when there is none. */
  async discussion(office: string, scope: CallScope): Promise<Fetched<NwsProduct>> {
    const cache = { ttlMs: 15 * MINUTE_MS, staleMs: 12 * HOUR_MS };
    const list = await this.#get<string | null>(
      {
        path: `/products?type=AFD&location=${encodeURIComponent(office)}`,
        decode: decodeNewestProduct,
        cache,
        reserveMs: 0,
      },
      scope,
    );
    if (list.value === null) {
      throw new WeatherError("NOT_FOUND", "The office has no forecast discussion now.", {
        reason: "upstream_not_found",
        hint: "Try again later, or use get_forecast.",
        upstream: "nws",
      });
    }
    const path = `/products/${encodeURIComponent(list.value)}`;
    return this.#get({ path, decode: decodeProduct, cache, reserveMs: 0 }, scope);
  }

  #grid<T>(point: CoveredPoint, rest: string, decode: (body: unknown) => T, scope: CallScope): Promise<Fetched<T>> {
    const cache = { ttlMs: 30 * MINUTE_MS, staleMs: 6 * HOUR_MS };
    return this.#get({ path: gridPath(point) + rest, decode, cache }, scope);
  }

  #get<T>(request: Omit<UpstreamRequest<T>, "upstream" | "judge">, scope: CallScope): Promise<Fetched<T>> {
    const headers = { accept: "application/geo+json" };
    return this.#client.get(
      { upstream: "nws", judge: judgeNws, headers, reserveMs: FALLBACK_RESERVE_MS, ...request },
      scope,
    );
  }
}

/** At most four decimals and no trailing zero: anything else is answered with a redirect. */
function coordinate(degrees: number): string {
  return String(Number(degrees.toFixed(4)));
}

function gridPath(point: CoveredPoint): string {
  return `/gridpoints/${encodeURIComponent(point.gridId)}/${point.gridX},${point.gridY}`;
}

/** The last part of `type` is the kind of problem, in both the URL and the URN form. */
export function judgeNws(failed: FailedResponse): Verdict | undefined {
  const { upstream, status } = failed;
  const type = typeof failed.json.type === "string" ? failed.json.type : "";
  const kind = type.split(/[/:]/).at(-1);
  const detail = typeof failed.json.detail === "string" ? failed.json.detail : "";
  if (kind === "InvalidPoint" || (kind === "InvalidParameter" && detail.includes("out of bounds"))) {
    return final("NOT_FOUND", "not_covered", "The National Weather Service does not cover this place.", status);
  }
  if (kind === "MarineForecastNotSupported") {
    return final(
      "NOT_FOUND",
      "marine_not_supported",
      "The National Weather Service has no forecast for this stretch of sea.",
      status,
    );
  }
  if (kind === "InvalidParameter") {
    return final(
      "INVALID_INPUT",
      "upstream_refused_parameters",
      "The National Weather Service refused the request.",
      status,
    );
  }
  if (status === 429) return rateLimited(upstream, status, failed.retryAfterMs ?? 5_000);
  if (status >= 500) {
    const correlationId =
      typeof failed.json.correlationId === "string" ? failed.json.correlationId.slice(0, 64) : undefined;
    return unavailable(upstream, status, failed.retryAfterMs, correlationId);
  }
  return judgeStatus(failed);
}

function final(category: "NOT_FOUND" | "INVALID_INPUT", reason: string, message: string, status: number): Verdict {
  const hint = 'Let source be "auto": other services cover the rest of the world.';
  const error = new WeatherError(category, message, { reason, hint, upstream: "nws", status });
  return { error, retry: "never", unwell: false };
}
