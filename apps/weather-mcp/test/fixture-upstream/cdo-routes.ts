import { addDays, daysBetween, earlierOf, utcMidnight } from "../../src/time/calendar.ts";
import { NOAA_STATIONS, stationDay } from "./noaa-stations.ts";
import { type FixtureRequest, json, type Reply } from "./reply.ts";

/** The token that the fixture accepts. */
export const CDO_TOKEN = "fixture-cdo-token";

/** Climate Data Online v2, with its three kinds of error. */
export function cdoReply({ path, query, headers, nowMs }: FixtureRequest): Reply {
  if (headers.token === undefined) return json({ status: "400", message: "Token parameter is required." }, 400);
  if (headers.token !== CDO_TOKEN)
    return json({ status: "400", message: "The token parameter provided is not valid." }, 400);
  const limit = Number(query.get("limit") ?? 25);
  if (limit > 1000) return xmlFault("Limit may not exceed 1000.");
  const [start, end] = [query.get("startdate") ?? "", query.get("enddate") ?? ""];
  if (path === "/stations") return json(page(stations(query), limit, Number(query.get("offset") ?? 1)));
  if (path !== "/data") return json({ status: "404", message: "Not found" }, 404);
  const datasets = query.getAll("datasetid");
  if (datasets.length !== 1) return xmlFault("Data requests require exactly one datasetid.");
  if (datasets[0] !== "GHCND")
    return json({ statusCode: "500", userMessage: "An error occured while servicing your request." }, 500);
  if (utcMidnight(start) === undefined) return xmlFault("Start date is required and must be in ISO format.");
  if (utcMidnight(end) === undefined) return xmlFault("End date is required and must be in ISO format.");
  if (daysBetween(start, end) >= 365) return xmlFault("The date range must be less than 1 year.");
  const lastDay = new Date(nowMs - 4 * 86_400_000).toISOString().slice(0, 10);
  return json(
    page(data(query.get("stationid") ?? "", start, earlierOf(end, lastDay)), limit, Number(query.get("offset") ?? 1)),
  );
}

/** Nothing at all is an empty object. */
function page(items: readonly unknown[], limit: number, offset: number): unknown {
  if (items.length === 0) return {};
  const results = items.slice(offset - 1, offset - 1 + limit);
  return { metadata: { resultset: { offset, count: items.length, limit } }, results };
}

function stations(query: URLSearchParams): unknown[] {
  const [south = 0, west = 0, north = 0, east = 0] = (query.get("extent") ?? "").split(",").map(Number);
  return NOAA_STATIONS.filter(
    ({ latitude, longitude, temperatures }) =>
      temperatures && latitude >= south && latitude <= north && longitude >= west && longitude <= east,
  ).map((station) => ({
    id: `GHCND:${station.id}`,
    name: station.name,
    latitude: station.latitude,
    longitude: station.longitude,
    elevation: station.elevation,
    elevationUnit: "METERS",
    mindate: station.from,
    maxdate: "2026-12-31",
    datacoverage: station.id.startsWith("USC") ? 0.915 : 0.998,
  }));
}

function data(stationId: string, start: string, end: string): unknown[] {
  const station = NOAA_STATIONS.find(({ id }) => `GHCND:${id}` === stationId);
  const results = [];
  for (let date = start; station && date <= end; date = addDays(date, 1)) {
    for (const [datatype, value] of Object.entries(stationDay(station, date))) {
      results.push({ date: `${date}T00:00:00`, datatype, station: stationId, attributes: ",,7,2400", value });
    }
  }
  return results;
}

function xmlFault(message: string): Reply {
  const parts = `<statusCode>400</statusCode><userMessage>There was an error with the request.</userMessage><developerMessage>${message}</developerMessage>`;
  const body = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?><response>${parts}</response>`;
  return { status: 400, body, headers: { "content-type": "application/xml" } };
}
