import { invalidInput } from "../errors/weather-error.ts";
import { countryCodeOf } from "./countries.ts";
import type { Coordinates } from "./distance.ts";
import { regionsOf } from "./regions.ts";

/** What a qualifier can mean: "GA" is the state of Georgia and the country Gabon. */
export interface Reading {
  readonly countryCode: string;
  /** Name of the region; null = anywhere in the country. */
  readonly admin1: string | null;
}

/** A name to look up, with what was written after it. */
export interface NameQuery {
  readonly name: string;
  /** As written; null when nothing followed the name. */
  readonly qualifier: string | null;
  /** Empty when we know no region or country of that name; the geocoder's own regions are compared then. */
  readonly readings: readonly Reading[];
}

export type ParsedLocation =
  | ({ kind: "coordinates" } & Coordinates)
  | { kind: "zip"; zip: string }
  /** In the order in which they are to be tried. */
  | { kind: "name"; queries: readonly NameQuery[] };

const NUMBER = "[+-]?\\d{1,3}(?:\\.\\d+)?";
const COORDINATES = new RegExp(
  `^\\(?\\s*(${NUMBER})\\s*°?\\s*([NS])?\\s*[,;\\s]\\s*(${NUMBER})\\s*°?\\s*([EW])?\\s*\\)?$`,
  "i",
);

/** Reads a place as people type it. Throws INVALID_INPUT for coordinates out of range. */
export function parseLocation(text: string): ParsedLocation {
  const trimmed = text.trim();
  const pair = COORDINATES.exec(trimmed);
  if (pair) {
    const latitude = Number(pair[1]) * (pair[2]?.toUpperCase() === "S" ? -1 : 1);
    const longitude = Number(pair[3]) * (pair[4]?.toUpperCase() === "W" ? -1 : 1);
    return { kind: "coordinates", ...checkCoordinates(latitude, longitude) };
  }
  const zip = /^(\d{5})(?:-\d{4})?$/.exec(trimmed);
  if (zip) return { kind: "zip", zip: zip[1] as string };
  const parts = trimmed
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");
  const [name = ""] = parts;
  if (!/[\p{L}\p{N}]/u.test(name)) {
    throw invalidInput(
      "location",
      "names no place",
      'Give a place such as "Austin, TX", "Paris, FR", "10001" or "48.85,2.35".',
    );
  }
  if (parts.length > 1) return { kind: "name", queries: [qualified(name, parts.slice(1))] };
  return { kind: "name", queries: [{ name, qualifier: null, readings: [] }, ...splitWithoutComma(name)] };
}

/** Rounded to four decimals (about 10 m). Throws INVALID_INPUT with the swapped pair when that is what was meant. */
export function checkCoordinates(latitude: number, longitude: number): Coordinates {
  if (Math.abs(latitude) > 90 && Math.abs(latitude) <= 180 && Math.abs(longitude) <= 90) {
    const swapped = `${longitude},${latitude}`;
    throw invalidInput(
      "location",
      "latitude must be from -90 to 90",
      `The pair looks swapped; did you mean "${swapped}"?`,
    );
  }
  if (!(Math.abs(latitude) <= 90) || !(Math.abs(longitude) <= 180)) {
    const hint = 'Latitude comes first: "48.85,2.35".';
    throw invalidInput("location", "latitude must be from -90 to 90, longitude from -180 to 180", hint);
  }
  return { latitude: round4(latitude), longitude: round4(longitude) };
}

function round4(degrees: number): number {
  return Math.round(degrees * 10_000) / 10_000;
}

/** "City, REGION", "City, COUNTRY" or "City, REGION, COUNTRY". */
function qualified(name: string, qualifiers: readonly string[]): NameQuery {
  const [first = "", second] = qualifiers;
  const qualifier = qualifiers.join(", ");
  if (second === undefined) return { name, qualifier, readings: readingsOf(first) };
  const countryCode = countryCodeOf(qualifiers.at(-1) as string);
  const regions = regionsOf(first).filter((region) => !countryCode || region.countryCode === countryCode);
  if (regions.length > 0) return { name, qualifier, readings: regions.map(asReading) };
  return { name, qualifier, readings: countryCode ? [{ countryCode, admin1: first }] : [] };
}

function readingsOf(qualifier: string): Reading[] {
  const countryCode = countryCodeOf(qualifier);
  const readings = regionsOf(qualifier).map(asReading);
  // "England" is both a part and an alias of its country; the part is the better reading.
  if (countryCode && !readings.some((reading) => reading.countryCode === countryCode)) {
    readings.push({ countryCode, admin1: null });
  }
  return readings;
}

function asReading(region: { countryCode: string; name: string }): Reading {
  return { countryCode: region.countryCode, admin1: region.name };
}

/** "Austin TX", "Paris France", "Sydney New South Wales": the last one to three words may be the qualifier. */
function splitWithoutComma(text: string): NameQuery[] {
  const words = text.split(/\s+/);
  const queries: NameQuery[] = [];
  for (let count = Math.min(3, words.length - 1); count >= 1; count--) {
    const qualifier = words.slice(-count).join(" ");
    const readings = readingsOf(qualifier);
    if (readings.length > 0) queries.push({ name: words.slice(0, -count).join(" "), qualifier, readings });
  }
  return queries;
}
