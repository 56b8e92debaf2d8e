import { WeatherError } from "../errors/weather-error.ts";
import type { CallScope } from "../upstream/call-scope.ts";
import type { Geocoder, GeocoderHit } from "../upstream/geocoding.ts";
import type { Fetched } from "../upstream/upstream-client.ts";
import { countryName } from "./countries.ts";
import type { NameQuery, ParsedLocation } from "./parse-location.ts";
import { describeHit } from "./place.ts";
import { type RankedPlace, rankPlaces } from "./rank-places.ts";

export interface FoundPlaces {
  /** Best first; never empty. */
  readonly places: readonly RankedPlace[];
  readonly query: NameQuery;
  readonly fetched: Fetched<unknown>;
}

/** Looks up a ZIP code or a name. Rejects with NOT_FOUND that says what was understood. */
export async function findPlaces(
  parsed: Exclude<ParsedLocation, { kind: "coordinates" }>,
  geocoder: Geocoder,
  scope: CallScope,
): Promise<FoundPlaces> {
  if (parsed.kind === "zip") return findZip(parsed.zip, geocoder, scope);
  let best: FoundPlaces | undefined;
  for (const query of parsed.queries) {
    const fetched = await geocoder.search(query.name, onlyCountry(query), scope);
    const places = rankPlaces(fetched.value, query);
    if (places.length === 0) continue;
    if (places[0]?.exact) return { places, query, fetched };
    best ??= { places, query, fetched };
  }
  if (!best) throw notFound(parsed.queries);
  return best;
}

async function findZip(zip: string, geocoder: Geocoder, scope: CallScope): Promise<FoundPlaces> {
  const query: NameQuery = { name: zip, qualifier: null, readings: [] };
  const fetched = await geocoder.search(zip, "US", scope);
  const ofZip = fetched.value.filter((hit) => hit.postcodes.includes(zip));
  const places = rankPlaces(ofZip, query);
  if (places.length > 0) return { places, query, fetched };
  throw new WeatherError("NOT_FOUND", `No place in the United States has the ZIP code ${zip}.`, {
    reason: "place_not_found",
    hint: "Give the town and state, or coordinates; postcodes of other countries need the country's name after a comma.",
  });
}

/** The country to narrow the search to, when there is only one that can be meant. */
function onlyCountry(query: NameQuery): string | undefined {
  const countries = new Set(query.readings.map((reading) => reading.countryCode));
  const [only] = countries;
  // Territories of the United States are countries to the geocoder.
  return countries.size === 1 && !(only === "US" && query.readings[0]?.admin1 === null) ? only : undefined;
}

function notFound(queries: readonly NameQuery[]): WeatherError {
  const query = queries[0] as NameQuery;
  const where = query.readings.map((reading) => reading.admin1 ?? countryName(reading.countryCode)).join(" or ");
  const told = where ? ` in ${where}` : query.qualifier ? ` in ${query.qualifier}` : "";
  return new WeatherError("NOT_FOUND", `No place called "${query.name}"${told} was found.`, {
    reason: "place_not_found",
    hint: 'Check the spelling, give a larger town nearby, or coordinates as "lat,lon". search_location lists candidates.',
  });
}

/** Warnings when the best place may not be the one that was meant. */
export function ambiguityWarnings({ places, query }: FoundPlaces): string[] {
  const [best, ...others] = places as [RankedPlace, ...RankedPlace[]];
  if (!best.exact) return [`"${query.name}" was taken to mean ${describeHit(best.hit)}.`];
  if (query.qualifier !== null) return [];
  const rivals = others.filter((other) => other.exact && isRival(other.hit, best.hit)).slice(0, 3);
  if (rivals.length === 0) return [];
  const names = rivals.map((rival) => describeHit(rival.hit)).join("; ");
  return [`There are several places called ${best.hit.name}; this is ${describeHit(best.hit)}. Others: ${names}.`];
}

function isRival(other: GeocoderHit, best: GeocoderHit): boolean {
  const sameRegion = other.countryCode === best.countryCode && other.admin1 === best.admin1;
  return !sameRegion && (other.population ?? 0) * 3 >= (best.population ?? 0);
}
