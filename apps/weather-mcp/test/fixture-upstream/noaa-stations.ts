import { endOfDay, startOfDay } from "../../src/time/zone.ts";
import { type FixturePlace, GAZETTEER } from "./gazetteer.ts";
import { rainAt, snowAt, temperatureAt, windAt } from "./weather-model.ts";

export interface FixtureStation {
  readonly id: string;
  readonly name: string;
  readonly latitude: number;
  readonly longitude: number;
  readonly elevation: number;
  readonly from: string;
  /** Whether it measures temperatures; volunteers of CoCoRaHS measure rain only. */
  readonly temperatures: boolean;
  readonly place: FixturePlace;
}

/** At every town of the United States: an airport, a volunteer nearer by, and a rain gauge. */
export const NOAA_STATIONS: readonly FixtureStation[] = GAZETTEER.filter((place) => place.state).flatMap((place) => {
  const number = String(GAZETTEER.indexOf(place)).padStart(8, "0");
  const at = (offset: number) => ({
    latitude: Number((place.latitude + offset).toFixed(4)),
    longitude: place.longitude,
    place,
  });
  const name = place.name.toUpperCase();
  return [
    {
      id: `USW${number}`,
      name: `${name} AIRPORT, ${place.state} US`,
      elevation: place.elevation + 4,
      from: "1938-06-01",
      temperatures: true,
      ...at(0.08),
    },
    {
      id: `USC${number}`,
      name: `${name} COOP, ${place.state} US`,
      elevation: place.elevation,
      from: "1901-01-01",
      temperatures: true,
      ...at(0.03),
    },
    {
      id: `US1${number}`,
      name: `${name} 1.2 N, ${place.state} US`,
      elevation: place.elevation,
      from: "2008-01-01",
      temperatures: false,
      ...at(0.01),
    },
  ];
});

/** One day's values in metric units; wind in m/s, snow in mm. Every 17th day the station missed its snow depth and wind. */
export function stationDay(station: FixtureStation, date: string): Record<string, number> {
  const { latitude, longitude, timezone } = station.place;
  const endMs = endOfDay(date, timezone);
  const hours: number[] = [];
  for (let at = startOfDay(date, timezone); at < endMs; at += 3_600_000) hours.push(at);
  const temperatures = hours.map((at) => temperatureAt(latitude, longitude, at));
  const winds = hours.map((at) => windAt(latitude, longitude, at) / 3.6);
  const sum = (amount: (lat: number, lon: number, at: number) => number) =>
    hours.reduce((total, at) => total + amount(latitude, longitude, at + 3_600_000), 0);
  const rain = { PRCP: round(sum(rainAt)), SNOW: round(sum(snowAt) * 10) };
  if (!station.temperatures) return rain;
  const values = { TMAX: Math.max(...temperatures), TMIN: Math.min(...temperatures), ...rain };
  const missed = (Date.parse(date) / 86_400_000) % 17 === 0;
  if (missed || station.id.startsWith("USC")) return values;
  return {
    ...values,
    SNWD: 0,
    AWND: round(winds.reduce((a, b) => a + b, 0) / winds.length),
    WSF5: round(Math.max(...winds) * 1.4),
  };
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

/** 1991-2020 normals for a day of the year, °F and inches. */
export function stationNormal(
  station: FixtureStation,
  monthDay: string,
): { tmax: number; tmin: number; monthPrecip: number } {
  const { latitude, longitude } = station.place;
  const noon = Date.parse(`2020-${monthDay}T20:00:00Z`);
  const mean =
    [0, 1, 2, 3, 4]
      .map((week) => temperatureAt(latitude, longitude, noon + week * 86_400_000))
      .reduce((a, b) => a + b, 0) / 5;
  return { tmax: round((mean * 9) / 5 + 34), tmin: round((mean * 9) / 5 + 18), monthPrecip: 3.4 };
}
