import type { UpstreamId } from "../config.ts";
import { WeatherError } from "../errors/weather-error.ts";
import type { CallScope } from "./call-scope.ts";
import { asArray, asNumber, asObject, asString, numberOrNull } from "./decode.ts";
import { type FailedResponse, rateLimited, type Verdict } from "./failure.ts";
import type { CachePolicy } from "./response-cache.ts";
import type { Fetched, UpstreamClient } from "./upstream-client.ts";

/** Several series over one time axis. A variable that no model serves is left out. */
export interface Series {
  /** Unix seconds. */
  readonly timeS: readonly number[];
  readonly values: Readonly<Record<string, readonly (number | null)[]>>;
}

export interface OpenMeteoAnswer {
  /** Of the grid cell that answered. */
  readonly latitude: number;
  readonly longitude: number;
  readonly elevationM: number | null;
  readonly timezone: string;
  /** The zone's offset now; the service labels the whole of a daily series with it. */
  readonly utcOffsetS: number;
  readonly current: { readonly timeS: number; readonly values: Readonly<Record<string, number | null>> } | null;
  readonly hourly: Series | null;
  readonly daily: Series | null;
}

export interface OpenMeteoQuery {
  readonly latitude: number;
  readonly longitude: number;
  readonly [parameter: string]: string | number | undefined;
}

const PATHS = {
  "open-meteo": "/v1/forecast",
  "open-meteo-archive": "/v1/archive",
  "open-meteo-air-quality": "/v1/air-quality",
  "open-meteo-marine": "/v1/marine",
} as const satisfies Partial<Record<UpstreamId, string>>;
export type OpenMeteoService = keyof typeof PATHS;

export const OPEN_METEO_ATTRIBUTION = "Weather data by Open-Meteo.com (CC BY 4.0)";

/** Forecasts, reanalysis, air quality and waves from Open-Meteo; times as instants, units SI (°C, km/h, mm, cm of snow). */
export class OpenMeteo {
  readonly #client: UpstreamClient;
  readonly #now: () => number;

  constructor(client: UpstreamClient, now: () => number) {
    this.#client = client;
    this.#now = now;
  }

  /** `query` names variables and span; the time format and the rounding of the place are added here. */
  get(
    service: OpenMeteoService,
    query: OpenMeteoQuery,
    cache: CachePolicy<OpenMeteoAnswer>,
    scope: CallScope,
  ): Promise<Fetched<OpenMeteoAnswer>> {
    return this.#client.get(
      {
        upstream: service,
        path: PATHS[service],
        // Two decimals are about a kilometre, finer than any of the models.
        query: {
          ...query,
          latitude: round2(query.latitude),
          longitude: round2(query.longitude),
          timeformat: "unixtime",
        },
        decode: decodeAnswer,
        judge: (failed) => judgeOpenMeteo(failed, this.#now()),
        cache,
      },
      scope,
    );
  }

  /** IANA zone and elevation of any point on earth. */
  async zoneAt(
    latitude: number,
    longitude: number,
    scope: CallScope,
  ): Promise<{ timezone: string; elevationM: number | null }> {
    const cache = { ttlMs: 30 * DAY_MS, staleMs: 365 * DAY_MS };
    const query = { latitude, longitude, current: "is_day", timezone: "auto" };
    const { value } = await this.get("open-meteo", query, cache, scope);
    return { timezone: value.timezone, elevationM: value.elevationM };
  }
}

const DAY_MS = 86_400_000;

function round2(degrees: number): number {
  return Math.round(degrees * 100) / 100;
}

function decodeAnswer(body: unknown): OpenMeteoAnswer {
  const answer = asObject(body);
  return {
    latitude: asNumber(answer.latitude),
    longitude: asNumber(answer.longitude),
    elevationM: numberOrNull(answer.elevation),
    timezone: asString(answer.timezone),
    utcOffsetS: asNumber(answer.utc_offset_seconds),
    current: answer.current === undefined ? null : decodeCurrent(answer.current),
    hourly: answer.hourly === undefined ? null : decodeSeries(answer.hourly, answer.hourly_units),
    daily: answer.daily === undefined ? null : decodeSeries(answer.daily, answer.daily_units),
  };
}

function decodeCurrent(block: unknown): OpenMeteoAnswer["current"] {
  const { time, interval: _interval, ...rest } = asObject(block);
  const values = Object.fromEntries(Object.entries(rest).map(([name, value]) => [name, numberOrNull(value)]));
  return { timeS: asNumber(time), values };
}

function decodeSeries(block: unknown, units: unknown): Series {
  const { time, ...rest } = asObject(block);
  const unitOf = units === undefined ? {} : asObject(units);
  const timeS = asArray(time).map(asNumber);
  const values: Record<string, (number | null)[]> = {};
  for (const [name, list] of Object.entries(rest)) {
    // The service's way to say that it knows the variable but no model here has it.
    if (unitOf[name] === "undefined") continue;
    const numbers = asArray(list).map(numberOrNull);
    if (numbers.length !== timeS.length) throw new TypeError("series and time axis differ in length");
    values[name] = numbers;
  }
  return { timeS, values };
}

/** The service says why in `reason`; only its rate limits and coverage need rules of their own. */
export function judgeOpenMeteo(failed: FailedResponse, nowMs: number): Verdict | undefined {
  const reason = typeof failed.json.reason === "string" ? failed.json.reason : "";
  if (failed.status === 429) return judgeRateLimit(failed, reason, nowMs);
  if (failed.status !== 400 || reason === "") return undefined;
  const { upstream, status } = failed;
  if (reason.includes("No data is available for this location")) {
    const error = new WeatherError("NOT_FOUND", "Open-Meteo has no data for this place.", {
      reason: "not_covered",
      hint: "Ask for a place nearby.",
      upstream,
      status,
    });
    return { error, retry: "never", unwell: false };
  }
  const error = new WeatherError("INVALID_INPUT", `Open-Meteo refused the request: ${reason.slice(0, 200)}`, {
    reason: "upstream_refused_parameters",
    hint: "Check the dates and the place against what the message allows.",
    upstream,
    status,
  });
  return { error, retry: "never", unwell: false };
}

function judgeRateLimit(failed: FailedResponse, reason: string, nowMs: number): Verdict {
  const { upstream, status } = failed;
  if (reason.includes("concurrent")) {
    const verdict = rateLimited(upstream, status, 1_000, "in a few seconds");
    return { error: verdict.error, retry: { afterMs: 1_000 }, unwell: false };
  }
  // The service sends no Retry-After; its windows are those of the clock.
  const [windowMs, when] = reason.startsWith("Daily")
    ? [DAY_MS, "after 00:00 UTC (the day's allowance is used up)"]
    : reason.startsWith("Hourly")
      ? [3_600_000, "in the next hour"]
      : [60_000, "in a minute"];
  const closedForMs = failed.retryAfterMs ?? windowMs - (nowMs % windowMs);
  const { error } = rateLimited(upstream, status, closedForMs, when);
  return { error, retry: "never", unwell: false, closedForMs };
}
