import { WeatherError } from "../errors/weather-error.ts";
import { type ForecastSource, fromNwsOrOpenMeteo } from "../forecast/forecast-source.ts";
import { distanceKm } from "../location/distance.ts";
import type { Located } from "../location/locate.ts";
import type { Place } from "../location/place.ts";
import type { CallScope } from "../upstream/call-scope.ts";
import type { CoveredPoint } from "../upstream/nws.ts";
import type { NwsObservation, NwsStation } from "../upstream/nws-decode.ts";
import type { Fetched } from "../upstream/upstream-client.ts";
import type { WeatherServices } from "../upstream/weather-services.ts";
import { feelsLikeFrom, humidityFrom } from "./derive.ts";
import { conditionOf } from "./wmo-codes.ts";

/** Weather at one instant, in SI units. */
export interface CurrentConditions {
  readonly kind: "observation" | "model";
  readonly observedAtMs: number;
  readonly station: { readonly id: string; readonly name: string | null; readonly distanceKm: number } | null;
  readonly condition: string | null;
  readonly temperatureC: number | null;
  readonly feelsLikeC: number | null;
  readonly dewpointC: number | null;
  readonly humidityPct: number | null;
  readonly windKmh: number | null;
  readonly gustKmh: number | null;
  readonly windDirectionDeg: number | null;
  readonly pressureHpa: number | null;
  readonly visibilityKm: number | null;
  readonly cloudCoverPct: number | null;
  readonly precipLastHourMm: number | null;
  readonly uvIndex: number | null;
  /** Fields that were worked out here, not measured. */
  readonly derived: readonly string[];
  readonly fetched: Fetched<unknown>;
}

/** An older observation no longer says what it is like now. */
const MAX_AGE_MS = 90 * 60_000;
const VARIABLES =
  "temperature_2m,apparent_temperature,dew_point_2m,relative_humidity_2m,precipitation,weather_code,cloud_cover,pressure_msl,wind_speed_10m,wind_gusts_10m,wind_direction_10m,visibility,uv_index";

/** The newest observation of the nearest station that has one, else the model's analysis. */
export function currentConditions(
  located: Located,
  asked: ForecastSource,
  services: WeatherServices,
  scope: CallScope,
): ReturnType<typeof fromNwsOrOpenMeteo<CurrentConditions>> {
  return fromNwsOrOpenMeteo(asked, located, services, scope, {
    nws: (point) => observed(point, located.place, services, scope),
    openMeteo: () => modelled(located.place, services, scope),
  });
}

async function observed(
  point: CoveredPoint,
  place: Place,
  { nws, clock }: WeatherServices,
  scope: CallScope,
): Promise<CurrentConditions> {
  const { value: stations } = await nws.stations(point, scope);
  const asked = stations.map((station) => ({ station, report: nws.observation(station.id, scope) }));
  // Once a nearer station has answered, how the others end is of no interest.
  for (const { report } of asked) report.catch(() => {});
  let failure: unknown;
  let silent = 0;
  for (const { station, report } of asked) {
    const fetched = await report.catch((error: unknown) => {
      scope.signal.throwIfAborted();
      failure ??= error;
      return null;
    });
    if (!fetched) continue;
    const observation = fetched.value;
    const fresh = observation && clock.now() - observation.observedAtMs <= MAX_AGE_MS;
    if (fresh && observation.temperatureC !== null) return fromObservation(observation, station, place, fetched);
    silent += 1;
  }
  // An outage is told as what it is; stations that are silent are another matter.
  if (failure && silent === 0) throw failure;
  throw new WeatherError("NOT_FOUND", "No weather station nearby has reported in the last 90 minutes.", {
    reason: "no_recent_observation",
    hint: 'Let source be "auto": a model\'s analysis is used then.',
    upstream: "nws",
  });
}

function fromObservation(
  seen: NwsObservation,
  station: NwsStation,
  place: Place,
  fetched: Fetched<unknown>,
): CurrentConditions {
  const derived: string[] = [];
  const temperatureC = seen.temperatureC as number;
  let humidityPct = seen.humidityPct;
  if (humidityPct === null && seen.dewpointC !== null) {
    humidityPct = humidityFrom(temperatureC, seen.dewpointC);
    derived.push("humidity");
  }
  const measured = seen.heatIndexC ?? seen.windChillC;
  if (measured === null) derived.push("feels_like");
  return {
    kind: "observation",
    observedAtMs: seen.observedAtMs,
    station: { id: station.id, name: station.name, distanceKm: Math.round(distanceKm(station, place) * 10) / 10 },
    condition: seen.condition,
    temperatureC,
    feelsLikeC: measured ?? feelsLikeFrom(temperatureC, seen.windKmh, humidityPct),
    dewpointC: seen.dewpointC,
    humidityPct,
    windKmh: seen.windKmh,
    gustKmh: seen.gustKmh,
    windDirectionDeg: seen.windDirectionDeg,
    pressureHpa: seen.pressureHpa,
    visibilityKm: seen.visibilityM === null ? null : seen.visibilityM / 1_000,
    cloudCoverPct: null,
    precipLastHourMm: seen.precipLastHourMm,
    uvIndex: null,
    derived,
    fetched,
  };
}

async function modelled(place: Place, { openMeteo }: WeatherServices, scope: CallScope): Promise<CurrentConditions> {
  const { latitude, longitude } = place;
  const cache = { ttlMs: 10 * 60_000, staleMs: 3_600_000 };
  const query = { latitude, longitude, current: VARIABLES, timezone: "GMT" };
  const fetched = await openMeteo.get("open-meteo", query, cache, scope);
  const { current } = fetched.value;
  if (!current) {
    throw new WeatherError("UNKNOWN", "Open-Meteo sent no current weather.", {
      reason: "upstream_bad_response",
      hint: "Try again in a few minutes.",
      upstream: "open-meteo",
      retryable: true,
    });
  }
  const at = (name: string) => current.values[name] ?? null;
  const visibilityM = at("visibility");
  return {
    kind: "model",
    observedAtMs: current.timeS * 1_000,
    station: null,
    condition: conditionOf(at("weather_code")),
    temperatureC: at("temperature_2m"),
    feelsLikeC: at("apparent_temperature"),
    dewpointC: at("dew_point_2m"),
    humidityPct: at("relative_humidity_2m"),
    windKmh: at("wind_speed_10m"),
    gustKmh: at("wind_gusts_10m"),
    windDirectionDeg: at("wind_direction_10m"),
    pressureHpa: at("pressure_msl"),
    visibilityKm: visibilityM === null ? null : visibilityM / 1_000,
    cloudCoverPct: at("cloud_cover"),
    precipLastHourMm: at("precipitation"),
    uvIndex: at("uv_index"),
    derived: [],
    fetched,
  };
}
