import { endOfDay, localDate, startOfDay } from "../../src/time/zone.ts";
import type { FixturePlace } from "./gazetteer.ts";
import { nwsTime } from "./nws-time.ts";
import { dice, humidityAt, rainAt, snowAt, temperatureAt, windAt, windDirectionAt } from "./weather-model.ts";

const HOUR_MS = 3_600_000;
const COMPASS = ["N", "NNE", "NE", "ENE", "E", "ESE", "SE", "SSE", "S", "SSW", "SW", "WSW", "W", "WNW", "NW", "NNW"];
const SKY = ["Sunny", "Mostly Sunny", "Partly Sunny", "Chance Rain Showers"];

type Units = "us" | "si";

const toF = (c: number) => Math.round((c * 9) / 5 + 32);
const degrees = (c: number, units: Units) => (units === "us" ? toF(c) : Math.round(c));
const speed = (kmh: number, units: Units) => Math.round(units === "us" ? kmh / 1.609344 : kmh);
const unit = (units: Units) => (units === "us" ? "mph" : "km/h");
const measure = (unitCode: string, value: number | null) => ({ unitCode: `wmoUnit:${unitCode}`, value });

function frame(place: FixturePlace, units: Units, nowMs: number, periods: unknown[]): unknown {
  return {
    type: "Feature",
    properties: {
      units,
      forecastGenerator: "BaselineForecastGenerator",
      generatedAt: new Date(nowMs).toISOString(),
      updateTime: new Date(nowMs - 90 * 60_000).toISOString(),
      validTimes: `${new Date(nowMs).toISOString()}/P7DT13H`,
      elevation: measure("m", place.elevation),
      periods,
    },
  };
}

/** 14 half-day periods; the first is what is left of the current one, and one that has ended stands before it as it does in life. */
export function forecastBody(place: FixturePlace, units: Units, nowMs: number): unknown {
  const zone = place.timezone;
  const periods = [];
  let startMs = halfDayStart(nowMs, zone) - 12 * HOUR_MS;
  for (let number = 1; number <= 15; number++) {
    const endMs = nextHalfDay(startMs, zone);
    periods.push(halfDay(place, units, number, startMs, endMs));
    startMs = endMs;
  }
  return frame(place, units, nowMs, periods);
}

/** 06:00 or 18:00 at or before the instant. */
function halfDayStart(unixMs: number, zone: string): number {
  const midnight = startOfDay(localDate(unixMs, zone), zone);
  // Counted from the end of the day: clocks change in its first hours.
  const nextMidnight = endOfDay(localDate(unixMs, zone), zone);
  const six = nextMidnight - 18 * HOUR_MS;
  const eighteen = nextMidnight - 6 * HOUR_MS;
  if (unixMs >= eighteen) return eighteen;
  return unixMs >= six ? six : midnight - 6 * HOUR_MS;
}

function nextHalfDay(startMs: number, zone: string): number {
  return halfDayStart(startMs + 13 * HOUR_MS, zone);
}

function halfDay(place: FixturePlace, units: Units, number: number, startMs: number, endMs: number): unknown {
  const { latitude, longitude, timezone } = place;
  const hours = [];
  for (let at = startMs; at < endMs; at += HOUR_MS) hours.push(at);
  const temperatures = hours.map((at) => temperatureAt(latitude, longitude, at));
  const isDaytime = nwsTime(startMs, timezone).slice(11, 13) === "06";
  const temperature = degrees(isDaytime ? Math.max(...temperatures) : Math.min(...temperatures), units);
  const winds = hours.map((at) => windAt(latitude, longitude, at));
  const sky = SKY[Math.floor(dice(startMs / HOUR_MS, latitude) * SKY.length)];
  const low = speed(Math.min(...winds), units);
  const high = speed(Math.max(...winds), units);
  const day = new Intl.DateTimeFormat("en-US", { weekday: "long", timeZone: timezone }).format(startMs);
  return {
    number,
    name: isDaytime ? day : `${day} Night`,
    startTime: nwsTime(startMs, timezone),
    endTime: nwsTime(endMs, timezone),
    isDaytime,
    temperature,
    temperatureUnit: units === "us" ? "F" : "C",
    temperatureTrend: null,
    probabilityOfPrecipitation: measure("percent", hours.some((at) => rainAt(latitude, longitude, at) > 0) ? 60 : null),
    windSpeed: low === high ? `${low} ${unit(units)}` : `${low} to ${high} ${unit(units)}`,
    windDirection: COMPASS[Math.floor(windDirectionAt(longitude, startMs) / 22.5)],
    icon: "https://api.weather.gov/icons/land/day/few?size=medium",
    shortForecast: sky,
    detailedForecast: `${sky}, with a ${isDaytime ? "high" : "low"} near ${temperature}. Wind ${low} to ${high} ${unit(units)}.`,
  };
}

export function hourlyBody(place: FixturePlace, units: Units, nowMs: number): unknown {
  const { latitude, longitude, timezone } = place;
  const first = Math.floor(nowMs / HOUR_MS) * HOUR_MS;
  const periods = Array.from({ length: 156 }, (_, index) => {
    const at = first + index * HOUR_MS;
    const celsius = temperatureAt(latitude, longitude, at);
    return {
      number: index + 1,
      name: "",
      startTime: nwsTime(at, timezone),
      endTime: nwsTime(at + HOUR_MS, timezone),
      isDaytime: true,
      temperature: degrees(celsius, units),
      temperatureUnit: units === "us" ? "F" : "C",
      temperatureTrend: null,
      probabilityOfPrecipitation: measure("percent", rainAt(latitude, longitude, at) > 0 ? 70 : 5),
      // Always Celsius, whatever the units.
      dewpoint: measure("degC", celsius - 5),
      relativeHumidity: measure("percent", humidityAt(latitude, at)),
      windSpeed: `${speed(windAt(latitude, longitude, at), units)} ${unit(units)}`,
      windDirection: COMPASS[Math.floor(windDirectionAt(longitude, at) / 22.5)],
      shortForecast: SKY[index % SKY.length],
      detailedForecast: "",
    };
  });
  return frame(place, units, nowMs, periods);
}

/** Layers of six-hour amounts and hourly measures, seven and a half days long. */
export function gridBody(place: FixturePlace, nowMs: number): unknown {
  const { latitude, longitude } = place;
  const first = Math.floor(nowMs / (6 * HOUR_MS)) * 6 * HOUR_MS;
  const sixHours = Array.from({ length: 30 }, (_, index) => first + index * 6 * HOUR_MS);
  const sum = (from: number, amount: (at: number) => number) =>
    [1, 2, 3, 4, 5, 6].reduce((total, hour) => total + amount(from + hour * HOUR_MS), 0);
  const time = (at: number) => new Date(at).toISOString().replace(".000Z", "+00:00");
  const layer = (uom: string, value: (at: number) => number) => ({
    uom: `wmoUnit:${uom}`,
    values: sixHours.map((at) => ({ validTime: `${time(at)}/PT6H`, value: value(at) })),
  });
  return {
    type: "Feature",
    properties: {
      updateTime: time(nowMs - 90 * 60_000),
      validTimes: `${time(first)}/P7DT12H`,
      temperature: layer("degC", (at) => temperatureAt(latitude, longitude, at)),
      apparentTemperature: layer("degC", (at) => temperatureAt(latitude, longitude, at + 3 * HOUR_MS) + 1),
      windGust: layer("km_h-1", (at) => windAt(latitude, longitude, at) * 1.5),
      skyCover: layer("percent", () => 40),
      quantitativePrecipitation: layer("mm", (at) => sum(at, (hour) => rainAt(latitude, longitude, hour))),
      snowfallAmount: layer("mm", (at) => sum(at, (hour) => snowAt(latitude, longitude, hour)) * 10),
      weather: {
        values: [{ validTime: `${time(first)}/PT2H`, value: [{ coverage: null, weather: null, intensity: null }] }],
      },
    },
  };
}

/** The newest observation, some minutes old, with the nulls that even large airports send. */
export function observationBody(
  station: { id: string; name: string; latitude: number; longitude: number },
  place: FixturePlace,
  nowMs: number,
): unknown {
  const at = Math.floor((nowMs - 8 * 60_000) / 300_000) * 300_000;
  const { latitude, longitude } = place;
  const celsius = temperatureAt(latitude, longitude, at);
  const good = (unitCode: string, value: number | null) => ({
    ...measure(unitCode, value),
    qualityControl: value === null ? "Z" : "V",
  });
  return {
    id: `https://api.weather.gov/stations/${station.id}/observations/${new Date(at).toISOString()}`,
    type: "Feature",
    geometry: { type: "Point", coordinates: [station.longitude, station.latitude] },
    properties: {
      "@type": "wx:ObservationStation",
      stationId: station.id,
      stationName: station.name,
      timestamp: new Date(at).toISOString().replace(".000Z", "+00:00"),
      rawMessage: "",
      textDescription: "Partly Cloudy",
      presentWeather: [],
      temperature: good("degC", celsius),
      dewpoint: good("degC", celsius - 6),
      windDirection: good("degree_(angle)", windDirectionAt(longitude, at)),
      windSpeed: good("km_h-1", windAt(latitude, longitude, at)),
      windGust: good("km_h-1", null),
      barometricPressure: good("Pa", 101_320),
      seaLevelPressure: good("Pa", null),
      visibility: good("m", 16_093.44),
      relativeHumidity: good("percent", null),
      windChill: good("degC", null),
      heatIndex: good("degC", null),
      cloudLayers: [],
    },
  };
}
