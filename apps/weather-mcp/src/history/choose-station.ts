import { distanceKm } from "../location/distance.ts";
import type { Place } from "../location/place.ts";
import type { RecordStation } from "../upstream/ncei.ts";
import type { Span } from "./archive-history.ts";

export interface NearStation extends RecordStation {
  readonly distanceKm: number;
}

/** Farther stations say little about a place. */
export const MAX_STATION_KM = 40;
/** Airports keep days from midnight to midnight; volunteers' days end in the morning or evening. */
const FIRST_ORDER_BONUS_KM = 15;

/** Stations within reach with temperature records over the span, the most telling first. */
export function chooseStations(stations: readonly RecordStation[], place: Place, span: Span): NearStation[] {
  return stations
    .map((station) => ({ ...station, distanceKm: distanceKm(station, place) }))
    .filter((station) => station.distanceKm <= MAX_STATION_KM && coversSpan(station, span))
    .sort((a, b) => rank(a) - rank(b));
}

function rank(station: NearStation): number {
  const penalty = station.id.startsWith("USW") ? 0 : FIRST_ORDER_BONUS_KM;
  return station.distanceKm + penalty + (100 - (station.coveragePct ?? 100)) / 10;
}

function coversSpan({ temperatureFrom, temperatureTo }: RecordStation, span: Span): boolean {
  if (temperatureFrom === null || temperatureTo === null) return false;
  // Records reach the archive some days late, so the end need not be there yet: the rows will tell.
  return temperatureFrom <= span.from && temperatureTo >= span.from;
}
