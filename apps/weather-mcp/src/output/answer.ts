import * as z from "zod/v4";
import type { Located } from "../location/locate.ts";
import { formatLocal } from "../time/zone.ts";
import type { Fetched } from "../upstream/upstream-client.ts";
import { cell, numberOrNull, stringOrNull } from "./or-null.ts";

export const tableSchema = z.object({
  columns: z.array(z.string()),
  rows: z.array(z.array(cell)),
});

const placeSchema = z.object({
  name: z.string(),
  latitude: z.number(),
  longitude: z.number(),
  country_code: stringOrNull,
  admin1: stringOrNull,
  timezone: z.string(),
  elevation_m: numberOrNull,
});

/** Where an answer comes from and how old it is; part of every answer. */
export const provenanceShape = {
  summary_text: z.string(),
  source: z.string(),
  /** The source that should have served this, when another had to. */
  fallback_from: stringOrNull,
  /** When the service made it; null when it does not say. */
  issued_at: stringOrNull,
  fetched_at: z.string(),
  /** Age of the data: since issued_at, else since fetched_at. */
  age_minutes: z.number(),
  /** True when it is older than it should be because the service cannot be reached. */
  stale: z.boolean(),
  units: z.record(z.string(), z.string()),
  warnings: z.array(z.string()),
  attribution: z.string(),
};

/** Common part of every answer about one place. */
export const answerShape = { ...provenanceShape, location: placeSchema };

export interface Provenance {
  readonly source: string;
  readonly fallbackFrom?: string | null;
  /** Unix ms. */
  readonly issuedAtMs?: number | null;
  /** Everything that the answer was made of. */
  readonly fetched: readonly Pick<Fetched<unknown>, "fetchedAt" | "stale">[];
  readonly attribution: string;
}

export interface AnswerParts {
  readonly provenance: Provenance;
  readonly units: Readonly<Record<string, string>>;
  readonly warnings: readonly string[];
  readonly summaryText: string;
}

/** The common members, with times in `timezone`. */
export function provenanceMembers(parts: AnswerParts, timezone: string, nowMs: number) {
  const { provenance } = parts;
  const fetchedAtMs = Math.min(nowMs, ...provenance.fetched.map(({ fetchedAt }) => fetchedAt));
  const issuedAtMs = provenance.issuedAtMs ?? null;
  const stale = provenance.fetched.some((part) => part.stale);
  const warnings = [...parts.warnings];
  if (stale) warnings.unshift("The service cannot be reached now; this is its last known answer.");
  return {
    summary_text: parts.summaryText,
    source: provenance.source,
    fallback_from: provenance.fallbackFrom ?? null,
    issued_at: issuedAtMs === null ? null : formatLocal(issuedAtMs, timezone),
    fetched_at: formatLocal(fetchedAtMs, timezone),
    age_minutes: Math.max(0, Math.round((nowMs - (issuedAtMs ?? fetchedAtMs)) / 60_000)),
    stale,
    units: parts.units,
    warnings,
    attribution: provenance.attribution,
  };
}

export type ProvenanceMembers = ReturnType<typeof provenanceMembers>;

/** The member `location`. */
export function locationMember({ place }: Located) {
  return {
    name: place.name,
    latitude: place.latitude,
    longitude: place.longitude,
    country_code: place.countryCode,
    admin1: place.admin1,
    timezone: place.timezone,
    elevation_m: place.elevationM,
  };
}

/** A place as the text names it: with what the member `location` has beside the name. */
export function placeText({ place }: Located): string {
  const at = `${place.latitude},${place.longitude}`;
  const height = place.elevationM === null ? [] : [`elevation ${place.elevationM} m`];
  const known = [...(place.name.startsWith(at) ? [] : [at]), place.timezone, ...height];
  return `${place.name} (${known.join(", ")})`;
}

/** What `issued_at` is: when a forecast was made, or the moment that the data describe. */
export type TimeWord = "issued" | "as of";

/** The lines that frame every text: what, from where, how old; then the body; then warnings and attribution. */
export function frameText(
  title: string,
  members: ProvenanceMembers,
  body: readonly string[],
  timeWord: TimeWord = "issued",
): string {
  const from = members.fallback_from ? `${members.source} (instead of ${members.fallback_from})` : members.source;
  const age = members.issued_at ? `${timeWord} ${members.issued_at}` : `fetched ${members.fetched_at}`;
  const stale = members.stale ? ", STALE" : "";
  const units = Object.entries(members.units)
    .map(([field, unit]) => `${field} ${unit}`)
    .join(", ");
  return [
    `${title} | source: ${from} | ${age} (${members.age_minutes} min old${stale})`,
    members.summary_text,
    ...body,
    ...(units ? [`Units: ${units}`] : []),
    ...members.warnings.map((warning) => `Note: ${warning}`),
    members.attribution,
  ].join("\n");
}
