import { addDays, earlierOf, lastDateOfMonth, laterOf, monthOf, utcMidnight } from "../../src/time/calendar.ts";
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
  const types = (query.get("dataTypes") ?? "").split(",");
  const lastDay = new Date(nowMs - 4 * DAY_MS).toISOString().slice(0, 10);
  const rows = stations.flatMap((station) => {
    if (dataset === "daily-summaries") return dailyRows(station, start, earlierOf(end, lastDay), types, units);
    if (dataset === "global-summary-of-the-month") return monthlyRows(station, start, earlierOf(end, lastDay), types);
    return normalRows(dataset, station, start, end, types, units);
  });
  return json(rows);
}

/** Values are padded strings, a missing measurement is a missing key, and attributes come beside each value. */
function row(
  station: FixtureStation,
  date: string,
  values: Readonly<Record<string, number>>,
  types: readonly string[],
  flag = "",
): unknown {
  const cells = Object.entries(values)
    .filter(([type]) => types.includes(type))
    .flatMap(([type, value]) => [
      [type, value.toFixed(1).padStart(5)],
      [`${type}_ATTRIBUTES`, type === "TMAX" ? `,${flag},W` : ",,W,2400"],
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

function dailyRows(
  station: FixtureStation,
  start: string,
  end: string,
  types: readonly string[],
  units: string,
): unknown[] {
  const rows = [];
  for (let date = laterOf(start, station.from); date <= end; date = addDays(date, 1)) {
    const values = stationDay(station, date);
    const shown = units === "metric" ? values : toStandard(values);
    // On the 29th the highest temperature failed a check; the value that came is absurd.
    const failed = date.endsWith("-29");
    rows.push(row(station, date, failed ? { ...shown, TMAX: 99.9 } : shown, types, failed ? "X" : ""));
  }
  return rows;
}

function toStandard(values: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(values).map(([type, value]) => [type, type.startsWith("T") ? (value * 9) / 5 + 32 : value / 25.4]),
  );
}

function monthlyRows(station: FixtureStation, start: string, end: string, types: readonly string[]): unknown[] {
  const rows = [];
  for (
    let first = `${monthOf(start)}-01`;
    lastDateOfMonth(monthOf(first)) <= end;
    first = addDays(lastDateOfMonth(monthOf(first)), 1)
  ) {
    const days: Record<string, number>[] = [];
    for (let date = first; monthOf(date) === monthOf(first); date = addDays(date, 1))
      days.push(stationDay(station, date));
    const mean = (type: string) => days.reduce((total, day) => total + (day[type] ?? 0), 0) / days.length;
    const values = {
      TMAX: mean("TMAX"),
      TMIN: mean("TMIN"),
      TAVG: (mean("TMAX") + mean("TMIN")) / 2,
      PRCP: mean("PRCP") * days.length,
    };
    if (station.temperatures) rows.push(row(station, monthOf(first), values, types));
  }
  return rows;
}

function normalRows(
  dataset: string,
  station: FixtureStation,
  start: string,
  end: string,
  types: readonly string[],
  units: string,
): unknown[] {
  // Volunteers' stations have no normals here.
  if (!station.id.startsWith("USW")) return [];
  const celsius = (f: number) => (units === "metric" ? ((f - 32) * 5) / 9 : f);
  const depth = (inches: number) => (units === "metric" ? inches * 25.4 : inches);
  const monthly = dataset.includes("monthly");
  const rows = [];
  for (let date = start; date <= end; date = monthly ? addDays(lastDateOfMonth(monthOf(date)), 1) : addDays(date, 1)) {
    const { tmax, tmin, monthPrecip } = stationNormal(station, monthly ? `${date.slice(5, 7)}-15` : date.slice(5));
    const prefix = monthly ? "MLY" : "DLY";
    const values = {
      [`${prefix}-TMAX-NORMAL`]: celsius(tmax),
      [`${prefix}-TMIN-NORMAL`]: celsius(tmin),
      [`${prefix}-TAVG-NORMAL`]: celsius((tmax + tmin) / 2),
      // A special code of the normals: not a number of inches.
      ...(monthly ? { "MLY-PRCP-NORMAL": depth(monthPrecip), "MLY-SNOW-NORMAL": -7777 } : {}),
    };
    rows.push(row(station, monthly ? date.slice(5, 7) : date.slice(5), values, types));
  }
  return rows;
}
