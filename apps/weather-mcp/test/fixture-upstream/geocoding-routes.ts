import { fold } from "../../src/location/fold.ts";
import { type FixturePlace, GAZETTEER } from "./gazetteer.ts";
import { refuse } from "./open-meteo-routes.ts";
import { type FixtureRequest, json, type Reply } from "./reply.ts";

/** The geocoder: exact for two letters, fuzzy from three on, and no `results` key when there is nothing. */
export function geocodingReply({ query }: FixtureRequest): Reply {
  const count = Number(query.get("count") ?? 10);
  if (!(count >= 1 && count <= 100)) return refuse("Parameter count must be between 1 and 100.");
  const name = query.get("name");
  if (name === null) return refuse("Parameter 'name' and must be set");
  const found = GAZETTEER.filter((place) => matches(place, name))
    .sort((a, b) => (b.population ?? 0) - (a.population ?? 0))
    // The list is cut first and filtered by country only then.
    .slice(0, count)
    .filter((place) => (query.get("countryCode") ?? place.countryCode) === place.countryCode);
  const generationtime_ms = 0.7;
  return json(found.length > 0 ? { results: found.map(toHit), generationtime_ms } : { generationtime_ms });
}

function matches(place: FixturePlace, asked: string): boolean {
  const wanted = fold(asked);
  if (wanted.length < 2) return false;
  const names = [place.name, ...(place.alternates ?? [])].map(fold);
  if (wanted.length === 2) return names.includes(wanted);
  return (
    place.postcodes?.includes(asked) === true ||
    names.some((name) => name.startsWith(wanted) || isSimilar(name, wanted))
  );
}

/** Same first letter and the same letters but for one or two: what a fuzzy search brings. */
function isSimilar(name: string, wanted: string): boolean {
  if (name[0] !== wanted[0] || wanted.length < 6) return false;
  const missing = [...wanted].filter((letter) => !name.includes(letter)).length;
  return missing === 0 && Math.abs(name.length - wanted.length) <= 2;
}

/** Empty fields are left out, as the service does. */
function toHit(place: FixturePlace): Record<string, unknown> {
  const { id, name, latitude, longitude, elevation, timezone, population, postcodes, country, admin1, admin2 } = place;
  return {
    ...{ id, name, latitude, longitude, elevation },
    feature_code: place.feature,
    country_code: place.countryCode,
    timezone,
    ...(population === undefined ? {} : { population }),
    ...(postcodes === undefined ? {} : { postcodes }),
    country,
    admin1,
    ...(admin2 === undefined ? {} : { admin2 }),
  };
}
