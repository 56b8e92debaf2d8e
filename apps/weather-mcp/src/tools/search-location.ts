import * as z from "zod/v4";
import { WeatherError } from "../errors/weather-error.ts";
import { findPlaces } from "../location/find-places.ts";
import { locate } from "../location/locate.ts";
import { parseLocation } from "../location/parse-location.ts";
import { frameText, provenanceMembers, provenanceShape } from "../output/answer.ts";
import { numberOrNull, stringOrNull } from "../output/or-null.ts";
import type { GeocoderHit } from "../upstream/geocoding.ts";
import { NWS_ATTRIBUTION } from "../upstream/nws.ts";
import { OPEN_METEO_ATTRIBUTION } from "../upstream/open-meteo.ts";
import type { Fetched } from "../upstream/upstream-client.ts";
import { defineTool, type ToolCall } from "./tool.ts";

const resultSchema = z.object({
  name: z.string(),
  latitude: z.number(),
  longitude: z.number(),
  country_code: stringOrNull,
  country: stringOrNull,
  admin1: stringOrNull,
  admin2: stringOrNull,
  timezone: stringOrNull,
  elevation_m: numberOrNull,
  population: numberOrNull,
  feature: stringOrNull,
});
type Result = z.output<typeof resultSchema>;

export const searchLocation = defineTool({
  name: "search_location",
  title: "Find a place",
  description:
    "Candidate places for a name or postcode: coordinates, region, country, time zone, population. For when another tool says that a name is ambiguous.",
  input: z.strictObject({
    query: z.string().min(2).max(120),
    country_code: z
      .string()
      .regex(/^[A-Z]{2}$/)
      .optional(),
    limit: z.int().min(1).max(10).default(5),
  }),
  output: z.object({ ...provenanceShape, query: z.string(), results: z.array(resultSchema) }),
  async run({ query, country_code: country, limit }, call) {
    const { results, fetched, source } = await search(query, country, limit, call);
    const none = `No place was found for "${query}"${country ? ` in ${country}` : ""}.`;
    const members = provenanceMembers(
      {
        provenance: { source, fetched, attribution: CREDITS[source] },
        units: { elevation_m: "m" },
        warnings: results.length > 0 ? [] : ["Check the spelling, or try a larger town nearby."],
        summaryText: results[0] ? `${results.length} place(s); the best match is ${labelOf(results[0])}.` : none,
      },
      "UTC",
      call.nowMs,
    );
    return {
      structured: { ...members, query, results },
      text: frameText(`Places for "${query}"`, members, results.map(lineOf)),
    };
  },
});

const CREDITS = { "open-meteo": `${OPEN_METEO_ATTRIBUTION}; places by GeoNames`, nws: NWS_ATTRIBUTION };

interface Found {
  readonly source: keyof typeof CREDITS;
  readonly results: readonly Result[];
  readonly fetched: readonly Fetched<unknown>[];
}

async function search(query: string, country: string | undefined, limit: number, call: ToolCall): Promise<Found> {
  const parsed = parseLocation(query);
  if (parsed.kind === "coordinates") {
    const { place, source } = await locate({ location: query }, call.services, call.scope);
    const { name, latitude, longitude, countryCode, admin1, timezone, elevationM } = place;
    const unknown = { country: null, admin2: null, population: null, feature: null };
    const result = { name, latitude, longitude, country_code: countryCode, admin1, timezone, elevation_m: elevationM };
    return { source, results: [{ ...result, ...unknown }], fetched: [] };
  }
  try {
    const { places, fetched } = await findPlaces(parsed, call.services.geocoder, call.scope);
    const results = places
      .map(({ hit }) => toResult(hit))
      .filter((result) => country === undefined || result.country_code === country)
      .slice(0, limit);
    return { source: "open-meteo", results, fetched: [fetched] };
  } catch (error) {
    // To find nothing is a result of a search.
    if (error instanceof WeatherError && error.reason === "place_not_found")
      return { source: "open-meteo", results: [], fetched: [] };
    throw error;
  }
}

function toResult(hit: GeocoderHit): Result {
  const { name, latitude, longitude, country, admin1, admin2, timezone, population, feature } = hit;
  return {
    ...{ name, latitude, longitude, country, admin1, admin2, timezone, population, feature },
    country_code: hit.countryCode,
    elevation_m: hit.elevationM,
  };
}

function labelOf({ name, admin1, country }: Result): string {
  // The nearest town of bare coordinates comes with its state.
  const region = admin1 !== null && name.endsWith(`, ${admin1})`) ? null : admin1;
  return [name, region, country].filter((part) => part !== null).join(", ");
}

function lineOf(result: Result): string {
  const district = result.admin2 ? `, ${result.admin2}` : "";
  const known = [
    ["country_code", result.country_code],
    ["timezone", result.timezone],
    ["elevation_m", result.elevation_m],
    ["population", result.population],
    ["feature", result.feature],
  ].map(([label, value]) => `${label} ${value ?? "-"}`);
  return `${labelOf(result)}${district}: ${result.latitude},${result.longitude}, ${known.join(", ")}`;
}
