import type { GeocoderHit } from "../upstream/geocoding.ts";
import { editDistance, fold } from "./fold.ts";
import type { NameQuery, Reading } from "./parse-location.ts";
import { isUnitedStates } from "./regions.ts";

export interface RankedPlace {
  readonly hit: GeocoderHit;
  /** The place bears the name that was asked for, not only a similar or another one. */
  readonly exact: boolean;
  readonly score: number;
}

/** Population from which an alternate name ("Wien" for Vienna) is believed. */
const KNOWN_CITY = 50_000;

/** The hits that can be what was asked for, best first. */
export function rankPlaces(hits: readonly GeocoderHit[], query: NameQuery): RankedPlace[] {
  const wanted = fold(query.name);
  return hits
    .filter((hit) => matchesQualifier(hit, query))
    .flatMap((hit) => {
      const name = fold(hit.name);
      const exact = name === wanted || hit.postcodes.some((postcode) => fold(postcode) === wanted);
      if (!exact && !isPlausible(hit, name, wanted)) return [];
      return [{ hit, exact, score: scoreOf(hit, exact, name.startsWith(wanted)) }];
    })
    .sort((a, b) => b.score - a.score);
}

/** The geocoder's fuzzy search also brings places that have nothing to do with the name. */
function isPlausible(hit: GeocoderHit, name: string, wanted: string): boolean {
  if (name.startsWith(`${wanted} `) || name.endsWith(` ${wanted}`)) return true;
  if ((hit.population ?? 0) >= KNOWN_CITY) return true;
  const allowed = wanted.length >= 7 ? 2 : wanted.length >= 4 ? 1 : 0;
  return editDistance(name, wanted, allowed) <= allowed;
}

function scoreOf(hit: GeocoderHit, exact: boolean, prefix: boolean): number {
  const seat = hit.feature === "PPLC" ? 1 : hit.feature === "PPLA" ? 0.5 : hit.feature?.startsWith("PPL") ? 0.2 : 0;
  return (exact ? 4 : prefix ? 1 : 0) + Math.log10(1 + (hit.population ?? 0)) + seat;
}

function matchesQualifier(hit: GeocoderHit, query: NameQuery): boolean {
  if (query.qualifier === null) return true;
  if (query.readings.length > 0) return query.readings.some((reading) => matchesReading(hit, reading));
  const wanted = query.qualifier.split(",").map(fold);
  return wanted.every((part) => regionNames(hit).some((name) => name === part || name.startsWith(`${part} `)));
}

function matchesReading(hit: GeocoderHit, reading: Reading): boolean {
  // Places in the territories are "US" for people and have a country code of their own.
  const sameCountry =
    hit.countryCode === reading.countryCode ||
    (reading.countryCode === "US" && reading.admin1 === null && isUnitedStates(hit.countryCode));
  if (!sameCountry) return false;
  if (reading.admin1 === null) return true;
  const wanted = fold(reading.admin1);
  const dc = wanted === "district of columbia" && fold(hit.admin1 ?? "") === "washington dc";
  return dc || regionNames(hit).some((name) => name === wanted || name.startsWith(`${wanted} `));
}

function regionNames(hit: GeocoderHit): string[] {
  return [hit.admin1, hit.admin2, hit.admin3, hit.country].filter((name) => name !== null).map(fold);
}
