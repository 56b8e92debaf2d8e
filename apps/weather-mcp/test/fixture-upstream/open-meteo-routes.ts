import { isZone, offsetMinutes } from "../../src/time/zone.ts";
import { isSea, nearest, zoneAt } from "./gazetteer.ts";
import { DAILY, HOURLY, type Service } from "./open-meteo-variables.ts";
import { type FixtureRequest, json, type Reply } from "./reply.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const MODELS = ["best_match", "ecmwf_ifs025", "gfs_seamless", "icon_seamless", "era5", "era5_seamless"];
const MOST_DAYS: Record<Service, number> = { forecast: 16, archive: 0, "air-quality": 7, marine: 16 };

/** A query that the service refuses, with its words. */
class Refused extends Error {}

/** One of the services that answer with series. They check a query before anything else. */
export function seriesReply(service: Service, request: FixtureRequest): Reply {
  try {
    return json(answer(service, request), 200, { "content-type": "application/json; charset=utf-8" });
  } catch (error) {
    if (error instanceof Refused) return refuse(error.message);
    throw error;
  }
}

export function refuse(reason: string, status = 400): Reply {
  return json({ reason, error: true }, status, { "content-type": "application/json; charset=utf-8" });
}

function answer(service: Service, { query, nowMs }: FixtureRequest): Record<string, unknown> {
  const latitude = degrees(query, "latitude", "Latitude", 90);
  const longitude = degrees(query, "longitude", "Longitude", 180);
  const zone = zoneOf(query.get("timezone") ?? "GMT", latitude, longitude);
  // The offset that holds now is used for the whole series, whatever its dates.
  const offsetS = offsetMinutes(nowMs, zone) * 60;
  const [firstDay, lastDay] = span(service, query, nowMs + offsetS * 1_000);
  const models = list(query, "models");
  for (const model of models) if (!MODELS.includes(model)) cannotInitialize("MultiDomains", model);
  if (service === "marine" && !isSea(latitude, longitude) && nearest(latitude, longitude, 20)?.name === "Denver") {
    throw new Refused("No data is available for this location");
  }
  // Sea points are snapped to the nearest cell of the sea, which may be some way off.
  const snap = service === "marine" ? 0.08 : 0.02;
  const unixtime = query.get("timeformat") === "unixtime";
  const place = nearest(latitude, longitude, 50);
  const context = { service, latitude, longitude, offsetS, unixtime, models, nowMs };
  return {
    latitude: Number((latitude + snap).toFixed(5)),
    longitude: Number((longitude + snap).toFixed(5)),
    generationtime_ms: 0.25,
    utc_offset_seconds: offsetS,
    timezone: zone,
    timezone_abbreviation: `GMT${offsetS >= 0 ? "+" : ""}${offsetS / 3_600}`,
    elevation: service === "marine" ? 0 : (place?.elevation ?? 0),
    ...currentBlock(context, list(query, "current")),
    ...hourlyBlock(context, list(query, "hourly"), firstDay, lastDay),
    ...dailyBlock(context, list(query, "daily"), firstDay, lastDay),
  };
}

interface Context {
  service: Service;
  latitude: number;
  longitude: number;
  offsetS: number;
  unixtime: boolean;
  models: readonly string[];
  nowMs: number;
}

function currentBlock({ service, latitude, longitude, offsetS, unixtime, nowMs }: Context, names: readonly string[]) {
  if (names.length === 0) return {};
  const at = Math.floor(nowMs / 900_000) * 900_000;
  const units: Record<string, string> = { time: unixtime ? "unixtime" : "iso8601", interval: "seconds" };
  const current: Record<string, unknown> = { time: label(at, offsetS, unixtime, 16), interval: 900 };
  for (const name of names) {
    const variable = HOURLY[service][name] ?? cannotInitialize("VariableOrDerived", name);
    units[name] = variable.unit;
    current[name] = variable.at(latitude, longitude, at);
  }
  return { current_units: units, current };
}

function hourlyBlock(context: Context, names: readonly string[], firstDay: number, lastDay: number) {
  if (names.length === 0) return {};
  const { service, latitude, longitude, offsetS, unixtime } = context;
  const hours: number[] = [];
  for (let at = firstDay - offsetS * 1_000; at < lastDay + DAY_MS - offsetS * 1_000; at += HOUR_MS) hours.push(at);
  // In half-hour zones data are read at the whole hour but labelled at the real offset.
  const readAt = (at: number) => Math.floor(at / HOUR_MS) * HOUR_MS;
  const units: Record<string, string> = { time: unixtime ? "unixtime" : "iso8601" };
  const block: Record<string, unknown> = { time: hours.map((at) => label(at, offsetS, unixtime, 16)) };
  for (const name of names) {
    const variable = HOURLY[service][name] ?? cannotInitialize("VariableOrDerived", name);
    units[name] = variable.unit;
    block[name] = hours.map((at) => variable.at(latitude, longitude, readAt(at)));
  }
  return { hourly_units: units, hourly: block };
}

function dailyBlock(context: Context, names: readonly string[], firstDay: number, lastDay: number) {
  if (names.length === 0) return {};
  const { service, latitude, longitude, offsetS, unixtime, models } = context;
  const days: number[] = [];
  for (let at = firstDay; at <= lastDay; at += DAY_MS) days.push(at - offsetS * 1_000);
  const units: Record<string, string> = { time: unixtime ? "unixtime" : "iso8601" };
  const block: Record<string, unknown> = { time: days.map((at) => label(at, offsetS, unixtime, 10)) };
  for (const name of names) {
    const variable = DAILY[service][name] ?? cannotInitialize("VariableOrDerived", name);
    const suffixes = models.length > 1 ? models.map((model) => `_${model}`) : [""];
    suffixes.forEach((suffix, number) => {
      units[name + suffix] = variable.unit;
      // Models differ a little from each other, more from day to day.
      block[name + suffix] = days.map((at, day) => {
        const hours = Array.from({ length: 24 }, (_, hour) => at + hour * HOUR_MS);
        const value = variable.of(latitude, longitude, hours, offsetS);
        return value === null ? null : Math.round((value + number * day * 0.3) * 100) / 100;
      });
    });
  }
  return { daily_units: units, daily: block };
}

function label(unixMs: number, offsetS: number, unixtime: boolean, length: number): number | string {
  return unixtime ? unixMs / 1_000 : new Date(unixMs + offsetS * 1_000).toISOString().slice(0, length);
}

function degrees(query: URLSearchParams, name: string, title: string, most: number): number {
  const value = Number(query.get(name) ?? Number.NaN);
  if (Number.isNaN(value)) throw new Refused(`Parameter '${name}' and must be set`);
  if (Math.abs(value) > most)
    throw new Refused(`${title} must be in range of -${most} to ${most}°. Given: ${value.toFixed(1)}.`);
  return value;
}

function zoneOf(name: string, latitude: number, longitude: number): string {
  if (name === "auto") return zoneAt(latitude, longitude);
  if (!isZone(name)) throw new Refused("Invalid timezone");
  return name;
}

/** First and last day as midnights of local time written as if it were UTC. */
function span(service: Service, query: URLSearchParams, localNowMs: number): [number, number] {
  const today = Math.floor(localNowMs / DAY_MS) * DAY_MS;
  const start = query.get("start_date");
  const end = query.get("end_date");
  const asked = query.get("forecast_days");
  if ((start === null) !== (end === null)) throw new Refused("Both 'start_date' and 'end_date' must be set in the url");
  if (start === null || end === null) {
    if (service === "archive") throw new Refused("Both 'start_date' and 'end_date' must be set in the url");
    const days = asked === null ? 7 : Number(asked);
    if (!(days >= 0 && days <= MOST_DAYS[service])) {
      throw new Refused(`Forecast days is invalid. Allowed range 0 to ${MOST_DAYS[service]}. Given ${asked}.`);
    }
    return [today, today + (days - 1) * DAY_MS];
  }
  if (asked !== null)
    throw new Refused("Parameter 'forecast_days' is mutually exclusive with 'start_date' and 'end_date'");
  const earliest = service === "archive" ? Date.UTC(1940, 0, 1) : today - 93 * DAY_MS;
  const latest = service === "archive" ? today + DAY_MS : today + 15 * DAY_MS;
  const [from, to] = [Date.parse(start), Date.parse(end)];
  for (const [name, at] of [
    ["start_date", from],
    ["end_date", to],
  ] as const) {
    if (Number.isNaN(at)) throw new Refused(`Invalid date format. Make sure to use 'YYYY-MM-DD'`);
    if (at < earliest || at > latest) {
      const [low, high] = [earliest, latest].map((day) => new Date(day).toISOString().slice(0, 10));
      throw new Refused(`Parameter '${name}' is out of allowed range from ${low} to ${high}`);
    }
  }
  if (to < from) throw new Refused("End-date must be larger or equals than start-date");
  return [from, to];
}

function list(query: URLSearchParams, name: string): string[] {
  return (query.get(name) ?? "").split(",").filter((item) => item !== "");
}

function cannotInitialize(type: string, value: string): never {
  throw new Refused(`Data corrupted at path ''. Cannot initialize ${type} from invalid String value ${value}.`);
}
