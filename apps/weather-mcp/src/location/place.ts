import type { GeocoderHit } from "../upstream/geocoding.ts";
import { countryName } from "./countries.ts";

/** A place that an answer is about. */
export interface Place {
  /** As in "Austin, Texas, United States"; coordinates when nothing better is known. */
  readonly name: string;
  readonly latitude: number;
  readonly longitude: number;
  readonly countryCode: string | null;
  readonly admin1: string | null;
  /** IANA zone. */
  readonly timezone: string;
  readonly elevationM: number | null;
}

/** "Springfield, Illinois, United States": the name of a hit with what tells it from its namesakes. */
export function describeHit(hit: GeocoderHit): string {
  const country = hit.country ?? (hit.countryCode ? countryName(hit.countryCode) : null);
  const parts = [hit.name, hit.admin1, country].filter((part) => part !== null && part !== "");
  return [...new Set(parts)].join(", ");
}
