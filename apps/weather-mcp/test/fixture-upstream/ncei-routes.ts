import {
  addDays,
  eachDate,
  earlierOf,
  lastDateOfMonth,
  laterOf,
  monthOf,
  utcMidnight,
} from "../../src/time/calendar.ts";
import { type FixtureStation, NOAA_STATIONS, stationDay, stationNormal } from "./noaa-stations.ts";
import { type FixtureRequest, json, type Reply } from "./reply.ts";

const DATASETS = [
  "daily-summaries",
  "global-summary-of-the-month",
  "normals-daily-1991-2020",
  "normals-monthly-1991-2020",
];
const DAY_MS = 86_400_000;

/** NCEI's access services: station search and records. */
export function nceiReply(request: FixtureRequest): Reply {
  const dataset = request.query.get("dataset") ?? "";
  if (!DATASETS.includes(dataset)) return badRequest(`Invalid dataset: ${dataset}`);
  if (request.path === "/search/v1/data") return search(request);
  if (request.path === "/data/v1") return records(dataset, request);
  return json({ errorMessage: "Not found" }, 404);
}

function badRequest(errorMessage: string): Reply {
  return json({ errorMessage, errorCode: 400, errors: [] }, 400);
}

function search({ query, nowMs }: FixtureRequest): Reply {
  const [north = Number.NaN, west = 0, south = 0, east = 0] = (query.get("bbox") ?? "").split(",").map(Number);
  // The order of the box is north, west, south, east; any other breaks the service.
  if (Number.isNaN(north) || south > north || west > east) {
    return {
      status: 500,
      body: "<html><body>Internal Server Error</body></html>",
      headers: { "content-type": "text/html" },
    };
  }
  const found = NOAA_STATIONS.filter(
    ({ latitude, longitude }) => latitude <= north && latitude >= south && longitude >= west && longitude <= east,
  ).filter((station) => query.get("dataTypes") !== "TMAX" || station.temperatures);
  const limit = Number(query.get("limit") ?? 10);
  const lastDay = new Date(nowMs - 4 * DAY_MS).toISOString().slice(0, 10);
  // Not by distance: by id, backwards.
  const results = [...found].sort((a, b) => (a.id < b.id ? 1 : -1)).slice(0, limit);
  return json({
    count: found.length,
    totalCount: 127951,
    results: results.map((station) => searchResult(station, lastDay)),
  });
}

function searchResult(station: FixtureStation, lastDay: string): unknown {
  const type = (id: string) => ({
    id,
    coverage: station.id.startsWith("USC") ? 91.5 : 99.8,
    startDate: `${station.from}T00:00:00`,
    endDate: `${lastDay}T23:59:59`,
    dateRange: { start: `${station.from}T00:00:00`, end: `${lastDay}T23:59:59` },
    searchWeight: 1,
  });
  return {
    id: `daily-summaries-latest.tar.gz:${station.id}.csv`,
    name: `${station.id}.csv`,
    centroid: [station.longitude, station.latitude],
    location: { coordinates: [station.longitude, station.latitude], type: "point" },
    startDate: `${station.from}T00:00:00`,
    endDate: `${lastDay}T23:59:59`,
    dataTypesCount: 3,
    stations: [
      {
        id: station.id,
        name: station.name,
        dataTypes: station.temperatures ? [type("TMAX"), type("TMIN"), type("PRCP")] : [type("PRCP")],
        platforms: [{ id: "ASOS", startDate: "0001-01-01T00:00:00", endDate: "9996-12-31T23:59:59" }],
      },
    ],
  };
}

function records(dataset: string, { query, nowMs }: FixtureRequest): Reply {
  const [start, end] = [query.get("startDate") ?? "", query.get("endDate") ?? ""];
  if (utcMidnight(start) === undefined || utcMidnight(end) === undefined || start > end)
    return badRequest("Invalid date");
  const units = query.get("units");
  if (units !== "metric" && units !== "standard") return badRequest("This fixture serves no raw tenths: set units");
  const ids = (query.get("stations") ?? "").split(",");
  const stations = NOAA_STATIONS.filter(({ id }) => ids.includes(id));
  const lastDay = new Date(nowMs - 4 * DAY_MS).toISOString().slice(0, 10);
  const wanted: Wanted = {
    from: start,
    to: dataset.startsWith("normals") ? end : earlierOf(end, lastDay),
    types: (query.get("dataTypes") ?? "").split(","),
    metric: units === "metric",
    withAttributes: query.get("includeAttributes") === "true",
  };
  const rowsOf = dataset === "daily-summaries" ? dailyRows : dataset.startsWith("normals") ? normalRows : monthlyRows;
  return json(stations.flatMap((station) => rowsOf(station, wanted, dataset)));
}

interface Wanted {
  readonly from: string;
  readonly to: string;
  readonly types: readonly string[];
  readonly metric: boolean;
  readonly withAttributes: boolean;
}

/** Values are padded strings, a missing measurement is a missing key, and attributes come beside each value. */
function row(
  station: FixtureStation,
  date: string,
  values: Readonly<Record<string, number>>,
  { types, withAttributes }: Wanted,
  attributesOf: (type: string) => string,
): unknown {
  const cells = Object.entries(values)
    .filter(([type]) => types.includes(type))
    .flatMap(([type, value]) => [
      [type, value.toFixed(1).padStart(5)],
      ...(withAttributes ? [[`${type}_ATTRIBUTES`, attributesOf(type)]] : []),
    ]);
  return {
    DATE: date,
    STATION: station.id,
    NAME: station.name,
    LATITUDE: String(station.latitude),
    LONGITUDE: String(station.longitude),
    ELEVATION: String(station.elevation),
    ...Object.fromEntries(cells),
  };
}

function dailyRows(station: FixtureStation, wanted: Wanted): unknown[] {
  const rows = [];
  for (let date = laterOf(wanted.from, station.from); date <= wanted.to; date = addDays(date, 1)) {
    const values = stationDay(station, date);
    const shown = wanted.metric ? values : toStandard(values);
    // On the 29th the highest temperature failed a check; the value that came is absurd.
    const failed = date.endsWith("-29");
    const attributes = (type: string) => (type === "TMAX" ? `,${failed ? "X" : ""},W` : ",,W,2400");
    rows.push(row(station, date, failed ? { ...shown, TMAX: 99.9 } : shown, wanted, attributes));
  }
  return rows;
}

function toStandard(values: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(values).map(([type, value]) => [type, type.startsWith("T") ? (value * 9) / 5 + 32 : value / 25.4]),
  );
}

function monthlyRows(station: FixtureStation, wanted: Wanted): unknown[] {
  if (!station.temperatures) return [];
  const rows = [];
  for (let month = monthOf(wanted.from); lastDateOfMonth(month) <= wanted.to; month = nextMonth(month)) {
    const days = eachDate(`${month}-01`, lastDateOfMonth(month)).map((date) => stationDay(station, date));
    const mean = (type: string) => days.reduce((total, day) => total + (day[type] ?? 0), 0) / days.length;
    const [TMAX, TMIN] = [mean("TMAX"), mean("TMIN")];
    const values = { TMAX, TMIN, TAVG: (TMAX + TMIN) / 2, PRCP: mean("PRCP") * days.length };
    // Attributes of this set: number of days missing, source.
    rows.push(row(station, month, values, wanted, () => "0,W"));
  }
  return rows;
}

function nextMonth(month: string): string {
  return monthOf(addDays(lastDateOfMonth(month), 1));
}

function normalRows(station: FixtureStation, wanted: Wanted, dataset: string): unknown[] {
  // Volunteers' stations have no normals here.
  if (!station.id.startsWith("USW")) return [];
  const celsius = (f: number) => (wanted.metric ? ((f - 32) * 5) / 9 : f);
  const monthly = dataset.includes("monthly");
  const dates = monthly
    ? [...new Set(eachDate(wanted.from, wanted.to).map(monthOf))].map((month) => `${month}-15`)
    : eachDate(wanted.from, wanted.to);
  return dates.map((date) => {
    const { tmax, tmin, monthPrecip } = stationNormal(station, date.slice(5));
    const prefix = monthly ? "MLY" : "DLY";
    const values = {
      [`${prefix}-TMAX-NORMAL`]: celsius(tmax),
      [`${prefix}-TMIN-NORMAL`]: celsius(tmin),
      [`${prefix}-TAVG-NORMAL`]: celsius((tmax + tmin) / 2),
      // The second is a special code of the normals, not a number of inches.
      ...(monthly ? { "MLY-PRCP-NORMAL": monthPrecip * (wanted.metric ? 25.4 : 1), "MLY-SNOW-NORMAL": -7777 } : {}),
    };
    return row(station, monthly ? date.slice(5, 7) : date.slice(5), values, wanted, () => "S");
  });
}
