import type { UnitSystem } from "../config.ts";
import { invalidInput, WeatherError } from "../errors/weather-error.ts";
import { isZone } from "../time/zone.ts";
import type { CallScope } from "../upstream/call-scope.ts";
import type { WeatherServices } from "../upstream/weather-services.ts";
import { ambiguityWarnings, findPlaces } from "./find-places.ts";
import { checkCoordinates, parseLocation } from "./parse-location.ts";
import { describeHit, type Place } from "./place.ts";
import { isUnitedStates, isUsZone } from "./regions.ts";

export interface LocationInput {
  readonly location?: string | undefined;
  readonly latitude?: number | undefined;
  readonly longitude?: number | undefined;
}

export interface Located {
  readonly place: Place;
  /** Whether the National Weather Service and NCEI stations can be expected here. */
  readonly inUs: boolean;
  readonly warnings: readonly string[];
  /** Who told where this is. */
  readonly source: "open-meteo" | "nws";
  /** How the National Weather Service failed when it was asked where these coordinates are. */
  readonly nwsFailure?: WeatherError;
}

const EXAMPLE = 'Give location, as in "Austin, TX", "10001" or "48.85,2.35", or latitude and longitude.';

/** Turns what the caller gave into one place with its time zone. Rejects with INVALID_INPUT or NOT_FOUND. */
export async function locate(input: LocationInput, services: WeatherServices, scope: CallScope): Promise<Located> {
  const { location, latitude, longitude } = input;
  if (latitude !== undefined || longitude !== undefined) {
    if (location !== undefined) throw invalidInput("location", "given beside latitude and longitude", EXAMPLE);
    if (latitude === undefined || longitude === undefined) {
      throw invalidInput("latitude", "latitude and longitude are needed together", EXAMPLE);
    }
    return locateCoordinates(checkCoordinates(latitude, longitude), services, scope);
  }
  if (location === undefined) throw invalidInput("location", "missing", EXAMPLE);
  const parsed = parseLocation(location);
  if (parsed.kind === "coordinates") return locateCoordinates(parsed, services, scope);
  const found = await findPlaces(parsed, services.geocoder, scope);
  const hit = (found.places[0] as (typeof found.places)[number]).hit;
  const { latitude: lat, longitude: lon } = checkCoordinates(hit.latitude, hit.longitude);
  const zone = usableZone(hit.timezone ?? (await services.openMeteo.zoneAt(lat, lon, scope)).timezone);
  const place: Place = {
    name: describeHit(hit),
    latitude: lat,
    longitude: lon,
    countryCode: hit.countryCode,
    admin1: hit.admin1,
    timezone: zone.name,
    elevationM: hit.elevationM,
  };
  return {
    place,
    inUs: isUnitedStates(hit.countryCode),
    warnings: [...ambiguityWarnings(found), ...zone.warnings],
    source: "open-meteo",
  };
}

/** Coordinates have no name; the National Weather Service knows the nearest town in its area, Open-Meteo every zone. */
async function locateCoordinates(
  { latitude, longitude }: { latitude: number; longitude: number },
  services: WeatherServices,
  scope: CallScope,
): Promise<Located> {
  const bare = { latitude, longitude, admin1: null, countryCode: null, elevationM: null };
  const point = await services.nws.point(latitude, longitude, scope).catch((error) => {
    scope.signal.throwIfAborted();
    return { covered: false as const, error };
  });
  if (point.covered) {
    const near = [point.city, point.state].filter((part) => part !== null).join(", ");
    const name = near ? `${latitude},${longitude} (near ${near})` : `${latitude},${longitude}`;
    const zone = usableZone(point.timezone);
    const place = { ...bare, name, admin1: point.state, countryCode: "US", timezone: zone.name };
    return { place, inUs: true, warnings: zone.warnings, source: "nws" };
  }
  const { timezone, elevationM } = await services.openMeteo.zoneAt(latitude, longitude, scope);
  const zone = usableZone(timezone);
  const place = { ...bare, name: `${latitude},${longitude}`, timezone: zone.name, elevationM };
  const failed = "error" in point && point.error instanceof WeatherError ? { nwsFailure: point.error } : {};
  return { place, inUs: isUsZone(timezone), warnings: zone.warnings, source: "open-meteo", ...failed };
}

/** New zones are known to the services before they are to an older Node. */
function usableZone(name: string): { name: string; warnings: string[] } {
  if (isZone(name)) return { name, warnings: [] };
  return { name: "UTC", warnings: [`The time zone ${name} is not known here; times and days are in UTC.`] };
}

/** What `units: "auto"` means at a place. */
export function unitSystemOf(asked: "auto" | UnitSystem, located: Located, services: WeatherServices): UnitSystem {
  if (asked !== "auto") return asked;
  return services.config.units ?? (located.inUs ? "imperial" : "metric");
}
