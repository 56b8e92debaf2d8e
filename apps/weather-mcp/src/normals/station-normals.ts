import { WeatherError } from "../errors/weather-error.ts";
import { chooseStations } from "../history/choose-station.ts";
import type { Place } from "../location/place.ts";
import type { CallScope } from "../upstream/call-scope.ts";
import type { Ncei } from "../upstream/ncei.ts";
import type { Normals, Period } from "./normals.ts";

const YEAR_MS = 365 * 86_400_000;
/** Stations asked for at once; not every station has normals. */
const MAX_STATIONS = 5;
const PERIOD_OF_NORMALS = { from: "1995-01-01", to: "2020-12-31" };

/** NOAA's official 1991-2020 normals of the nearest station that has them. */
export async function stationNormals(ncei: Ncei, place: Place, period: Period, scope: CallScope): Promise<Normals> {
  const near = await ncei.stationsNear(place, PERIOD_OF_NORMALS, scope);
  const stations = chooseStations(near.value, place, PERIOD_OF_NORMALS).slice(0, MAX_STATIONS);
  if (stations.length === 0) throw noNormals();
  const prefix = period.isMonth ? "MLY" : "DLY";
  const types = ["TMAX", "TMIN", "TAVG", ...(period.isMonth ? ["PRCP"] : [])].map((type) => `${prefix}-${type}-NORMAL`);
  const monthDay = period.from.slice(5);
  const fetched = await ncei.records(
    {
      dataset: period.isMonth ? "normals-monthly-1991-2020" : "normals-daily-1991-2020",
      stations: stations.map(({ id }) => id),
      // The service takes dates of any leap year for a day of every year.
      from: `2020-${monthDay}`,
      to: `2020-${monthDay}`,
      types,
      // The normals are made in °F and inches; asked for in others they would be rounded twice.
      units: "standard",
    },
    { ttlMs: YEAR_MS },
    scope,
  );
  for (const { id, name, distanceKm } of stations) {
    const day = fetched.value.stations.find((station) => station.id === id)?.days[0];
    const high = day?.values[`${prefix}-TMAX-NORMAL`] ?? null;
    if (!day || high === null) continue;
    const celsius = (type: string) => toCelsius(day.values[`${prefix}-${type}-NORMAL`] ?? null);
    const inches = day.values["MLY-PRCP-NORMAL"] ?? null;
    return {
      values: {
        tempMaxC: toCelsius(high),
        tempMinC: celsius("TMIN"),
        tempMeanC: celsius("TAVG"),
        precipMm: inches === null ? null : inches * 25.4,
      },
      baseline: `1991-2020 normals of station ${id} ${name ?? ""} (${Math.round(distanceKm)} km away)`,
      stationId: id,
      source: "ncei",
      fetched,
      highsC: [],
    };
  }
  throw noNormals();
}

function toCelsius(fahrenheit: number | null): number | null {
  return fahrenheit === null ? null : ((fahrenheit - 32) * 5) / 9;
}

function noNormals(): WeatherError {
  return new WeatherError("NOT_FOUND", "No station nearby has climate normals.", {
    reason: "no_station_records",
    hint: "Ask for a larger town nearby.",
    upstream: "ncei",
  });
}
