import { conditionOf } from "../conditions/wmo-codes.ts";
import type { Located } from "../location/locate.ts";
import type { Provenance } from "../output/answer.ts";
import type { Column } from "../output/table.ts";
import { formatLocal } from "../time/zone.ts";
import type { CallScope } from "../upstream/call-scope.ts";
import { type CoveredPoint, NWS_ATTRIBUTION } from "../upstream/nws.ts";
import type { GridLayer } from "../upstream/nws-decode.ts";
import { OPEN_METEO_ATTRIBUTION } from "../upstream/open-meteo.ts";
import type { Fetched } from "../upstream/upstream-client.ts";
import type { WeatherServices } from "../upstream/weather-services.ts";
import { type ForecastSource, fromNwsOrOpenMeteo } from "./forecast-source.ts";

export interface HourlyForecast {
  readonly columns: readonly Column[];
  readonly provenance: Provenance;
  readonly warnings: readonly string[];
}

/** One hour, in SI units. */
interface HourRow {
  readonly startMs: number;
  readonly temperatureC: number | null;
  readonly feelsLikeC: number | null;
  readonly dewpointC: number | null;
  readonly humidityPct: number | null;
  readonly precipProbabilityPct: number | null;
  readonly rainMm: number | null;
  readonly windKmh: number | null;
  readonly gustKmh: number | null;
  readonly windDirectionDeg: number | null;
  readonly condition: string | null;
}

interface Gathered {
  hours: HourRow[];
  fetched: Fetched<unknown>[];
  issuedAtMs: number | null;
  warnings: string[];
}

const HOUR_MS = 3_600_000;
const VARIABLES =
  "temperature_2m,apparent_temperature,dew_point_2m,relative_humidity_2m,precipitation_probability,precipitation,wind_speed_10m,wind_gusts_10m,wind_direction_10m,weather_code";

/** `hours` hours from the current one on. */
export async function hourlyForecast(
  located: Located,
  hours: number,
  asked: ForecastSource,
  services: WeatherServices,
  scope: CallScope,
): Promise<HourlyForecast> {
  const nowMs = services.clock.now();
  const { value, source, fallbackFrom, warnings } = await fromNwsOrOpenMeteo(asked, located, services, scope, {
    nws: (point) => gatherNws(point, services, scope),
    openMeteo: () => gatherOpenMeteo(located, services, scope),
  });
  const rows = value.hours.filter((hour) => hour.startMs + HOUR_MS > nowMs).slice(0, hours);
  const short = rows.length < hours ? [`Only ${rows.length} of the ${hours} hours asked for are forecast.`] : [];
  return {
    columns: columnsOf(rows, located.place.timezone),
    provenance: {
      source,
      fallbackFrom,
      issuedAtMs: value.issuedAtMs,
      fetched: value.fetched,
      attribution: source === "nws" ? NWS_ATTRIBUTION : OPEN_METEO_ATTRIBUTION,
    },
    warnings: [...warnings, ...value.warnings, ...short],
  };
}

async function gatherNws(point: CoveredPoint, services: WeatherServices, scope: CallScope): Promise<Gathered> {
  const [hourly, grid] = await Promise.all([
    services.nws.hourly(point, scope),
    services.nws.gridData(point, scope).catch(() => {
      scope.signal.throwIfAborted();
      return null;
    }),
  ]);
  const issued = hourly.value.issuedAt === null ? Number.NaN : Date.parse(hourly.value.issuedAt);
  return {
    hours: hourly.value.periods.map((period) => ({
      startMs: period.startMs,
      temperatureC: period.temperatureC,
      feelsLikeC: valueAt(grid?.value.feelsLikeC, period.startMs),
      dewpointC: period.dewpointC,
      humidityPct: period.humidityPct,
      precipProbabilityPct: period.precipProbabilityPct,
      // The grid has amounts for six hours at a time; sharing them out by the hour would invent a course of the rain.
      rainMm: null,
      windKmh: period.windMaxKmh,
      gustKmh: valueAt(grid?.value.gustKmh, period.startMs),
      windDirectionDeg: period.windDirectionDeg,
      condition: period.condition,
    })),
    fetched: grid ? [hourly, grid] : [hourly],
    issuedAtMs: Number.isNaN(issued) ? null : issued,
    warnings: grid ? [] : ["Gusts and feels-like temperatures could not be fetched."],
  };
}

function valueAt(layer: readonly GridLayer[] | undefined, atMs: number): number | null {
  return layer?.find((part) => part.startMs <= atMs && atMs < part.endMs)?.value ?? null;
}

async function gatherOpenMeteo({ place }: Located, services: WeatherServices, scope: CallScope): Promise<Gathered> {
  const fetched = await services.openMeteo.get(
    "open-meteo",
    {
      latitude: place.latitude,
      longitude: place.longitude,
      hourly: VARIABLES,
      // In other zones the service labels hours with today's offset, which is wrong past a change of clocks.
      timezone: "GMT",
      forecast_days: 9,
    },
    { ttlMs: 30 * 60_000, staleMs: 6 * HOUR_MS },
    scope,
  );
  const { timeS, values } = fetched.value.hourly ?? { timeS: [], values: {} };
  const at = (name: string, index: number) => values[name]?.[index] ?? null;
  return {
    hours: timeS.map((seconds, index) => ({
      startMs: seconds * 1_000,
      temperatureC: at("temperature_2m", index),
      feelsLikeC: at("apparent_temperature", index),
      dewpointC: at("dew_point_2m", index),
      humidityPct: at("relative_humidity_2m", index),
      precipProbabilityPct: at("precipitation_probability", index),
      rainMm: at("precipitation", index),
      windKmh: at("wind_speed_10m", index),
      gustKmh: at("wind_gusts_10m", index),
      windDirectionDeg: at("wind_direction_10m", index),
      condition: conditionOf(at("weather_code", index)),
    })),
    fetched: [fetched],
    issuedAtMs: null,
    warnings: [],
  };
}

function columnsOf(rows: readonly HourRow[], zone: string): Column[] {
  return [
    { name: "time", values: rows.map((row) => formatLocal(row.startMs, zone)) },
    { name: "temperature", quantity: "temperature", values: rows.map((row) => row.temperatureC), expected: true },
    { name: "feels_like", quantity: "temperature", values: rows.map((row) => row.feelsLikeC) },
    { name: "dewpoint", quantity: "temperature", values: rows.map((row) => row.dewpointC) },
    { name: "humidity", quantity: "percent", values: rows.map((row) => row.humidityPct) },
    {
      name: "precip_probability",
      quantity: "percent",
      values: rows.map((row) => row.precipProbabilityPct),
      expected: true,
    },
    { name: "precip_amount", quantity: "precipitation", values: rows.map((row) => row.rainMm) },
    { name: "wind_speed", quantity: "speed", values: rows.map((row) => row.windKmh), expected: true },
    { name: "wind_gust", quantity: "speed", values: rows.map((row) => row.gustKmh) },
    { name: "wind_direction", quantity: "direction", values: rows.map((row) => row.windDirectionDeg) },
    { name: "condition", values: rows.map((row) => row.condition) },
  ];
}
