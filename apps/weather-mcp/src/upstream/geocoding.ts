import type { CallScope } from "./call-scope.ts";
import { asArray, asNumber, asObject, asString, numberOrNull, stringOrNull } from "./decode.ts";
import { judgeOpenMeteo } from "./open-meteo.ts";
import type { Fetched, UpstreamClient } from "./upstream-client.ts";

/** One place that the geocoder knows. */
export interface GeocoderHit {
  readonly name: string;
  readonly latitude: number;
  readonly longitude: number;
  readonly elevationM: number | null;
  /** GeoNames code: PPLC capital, PPLA seat of a region, PPL town … */
  readonly feature: string | null;
  readonly countryCode: string | null;
  readonly country: string | null;
  readonly admin1: string | null;
  readonly admin2: string | null;
  readonly admin3: string | null;
  readonly timezone: string | null;
  readonly population: number | null;
  readonly postcodes: readonly string[];
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Open-Meteo's geocoder (GeoNames). Searches one plain name or postcode; how people type places is our own work. */
export class Geocoder {
  readonly #client: UpstreamClient;
  readonly #now: () => number;

  constructor(client: UpstreamClient, now: () => number) {
    this.#client = client;
    this.#now = now;
  }

  /** Up to 100 hits, in the service's order; [] when it knows none. */
  search(name: string, countryCode: string | undefined, scope: CallScope): Promise<Fetched<readonly GeocoderHit[]>> {
    return this.#client.get(
      {
        upstream: "open-meteo-geocoding",
        path: "/v1/search",
        // The service filters by country only after it has cut the list, so the list must be long.
        query: { name, count: 100, language: "en", format: "json", countryCode },
        decode: decodeHits,
        judge: (failed) => judgeOpenMeteo(failed, this.#now()),
        cache: { ttlMs: (hits) => (hits.length > 0 ? 30 * DAY_MS : HOUR_MS), staleMs: 365 * DAY_MS },
      },
      scope,
    );
  }
}

function decodeHits(body: unknown): GeocoderHit[] {
  // No hit is an answer without the key.
  const { results = [] } = asObject(body);
  return asArray(results).map((item) => {
    const hit = asObject(item);
    return {
      name: asString(hit.name),
      latitude: asNumber(hit.latitude),
      longitude: asNumber(hit.longitude),
      elevationM: elevation(hit.elevation),
      feature: stringOrNull(hit.feature_code),
      countryCode: stringOrNull(hit.country_code),
      country: stringOrNull(hit.country),
      admin1: stringOrNull(hit.admin1),
      admin2: stringOrNull(hit.admin2),
      admin3: stringOrNull(hit.admin3),
      timezone: stringOrNull(hit.timezone),
      population: numberOrNull(hit.population),
      postcodes: Array.isArray(hit.postcodes) ? hit.postcodes.map(String) : [],
    };
  });
}

/** 9999 and -9999 are how GeoNames says that it does not know. */
function elevation(value: unknown): number | null {
  const metres = numberOrNull(value);
  return metres !== null && Math.abs(metres) < 9_000 ? metres : null;
}
