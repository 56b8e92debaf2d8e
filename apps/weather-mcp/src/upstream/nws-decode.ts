import { type Interval, parseInterval } from "../time/interval.ts";
import { asArray, asNumber, asObject, asString, type JsonObject, numberOrNull, stringOrNull } from "./decode.ts";
import { parseCompass, parseWindKmh, quantity } from "./nws-units.ts";

export interface NwsPoint {
  readonly gridId: string;
  readonly gridX: number;
  readonly gridY: number;
  readonly timezone: string;
  /** Nearest town, as in "Latham". */
  readonly city: string | null;
  /** Two-letter state. */
  readonly state: string | null;
}

export interface NwsPeriod {
  readonly name: string | null;
  readonly startMs: number;
  readonly endMs: number;
  readonly isDaytime: boolean;
  readonly temperatureC: number | null;
  readonly dewpointC: number | null;
  readonly humidityPct: number | null;
  readonly precipProbabilityPct: number | null;
  readonly windKmh: number | null;
  readonly windMaxKmh: number | null;
  readonly windDirectionDeg: number | null;
  readonly condition: string | null;
  readonly detail: string | null;
}

export interface NwsForecast {
  /** When the forecasters last changed it, ISO 8601; null when not told. */
  readonly issuedAt: string | null;
  readonly elevationM: number | null;
  readonly periods: readonly NwsPeriod[];
}

export interface NwsStation {
  readonly id: string;
  readonly name: string | null;
  readonly latitude: number;
  readonly longitude: number;
}

export interface NwsObservation {
  readonly observedAtMs: number;
  readonly condition: string | null;
  readonly temperatureC: number | null;
  readonly dewpointC: number | null;
  readonly humidityPct: number | null;
  readonly windKmh: number | null;
  readonly gustKmh: number | null;
  readonly windDirectionDeg: number | null;
  readonly pressureHpa: number | null;
  readonly visibilityM: number | null;
  readonly precipLastHourMm: number | null;
  readonly windChillC: number | null;
  readonly heatIndexC: number | null;
}

export interface NwsAlert {
  readonly id: string;
  readonly event: string;
  readonly severity: string;
  readonly certainty: string;
  readonly urgency: string;
  readonly headline: string | null;
  readonly area: string;
  readonly onset: string | null;
  readonly ends: string | null;
  readonly expires: string | null;
  readonly description: string | null;
  readonly instruction: string | null;
  readonly sender: string | null;
  readonly messageType: string;
}

export interface NwsProduct {
  readonly text: string;
  /** Unix ms; null when not told. */
  readonly issuedAtMs: number | null;
}

export interface GridLayer extends Interval {
  readonly value: number;
}

/** Layers in SI: rain in mm, snow in cm, speeds in km/h, temperatures in °C. */
export interface GridData {
  readonly rainMm: readonly GridLayer[];
  readonly snowCm: readonly GridLayer[];
  readonly gustKmh: readonly GridLayer[];
  readonly feelsLikeC: readonly GridLayer[];
  readonly cloudCoverPct: readonly GridLayer[];
}

/** undefined for a point on the sea, where there is no forecast grid. */
export function decodePoint(body: unknown): NwsPoint | undefined {
  const properties = asObject(asObject(body).properties);
  if (properties.type === "marine" || typeof properties.gridId !== "string") return undefined;
  const near = asObject(asObject(properties.relativeLocation ?? {}).properties ?? {});
  return {
    gridId: properties.gridId,
    gridX: asNumber(properties.gridX),
    gridY: asNumber(properties.gridY),
    timezone: asString(properties.timeZone),
    city: stringOrNull(near.city),
    state: stringOrNull(near.state),
  };
}

export function decodeForecast(body: unknown): NwsForecast {
  const properties = asObject(asObject(body).properties);
  return {
    issuedAt: stringOrNull(properties.updateTime),
    elevationM: quantity(properties.elevation, "length"),
    periods: asArray(properties.periods).map(decodePeriod),
  };
}

function decodePeriod(item: unknown): NwsPeriod {
  const period = asObject(item);
  const wind = parseWindKmh(period.windSpeed);
  return {
    name: stringOrNull(period.name),
    startMs: instant(period.startTime),
    endMs: instant(period.endTime),
    isDaytime: period.isDaytime === true,
    temperatureC: periodTemperature(period),
    dewpointC: quantity(period.dewpoint, "temperature"),
    humidityPct: quantity(period.relativeHumidity, "percent"),
    precipProbabilityPct: quantity(period.probabilityOfPrecipitation, "percent"),
    windKmh: wind.min,
    windMaxKmh: wind.max,
    windDirectionDeg: parseCompass(period.windDirection),
    condition: stringOrNull(period.shortForecast),
    detail: stringOrNull(period.detailedForecast),
  };
}

function periodTemperature(period: JsonObject): number | null {
  if (typeof period.temperature !== "number") return quantity(period.temperature, "temperature");
  return period.temperatureUnit === "F" ? ((period.temperature - 32) * 5) / 9 : period.temperature;
}

export function decodeStations(body: unknown): NwsStation[] {
  return asArray(asObject(body).features).map((item) => {
    const feature = asObject(item);
    const [longitude, latitude] = asArray(asObject(feature.geometry).coordinates);
    const properties = asObject(feature.properties);
    return {
      id: asString(properties.stationIdentifier),
      name: stringOrNull(properties.name),
      latitude: asNumber(latitude),
      longitude: asNumber(longitude),
    };
  });
}

/** null when the station sent nothing, or an observation without a time. */
export function decodeObservation(body: unknown): NwsObservation | null {
  const [first] = asArray(asObject(body).features);
  if (first === undefined) return null;
  const seen = asObject(asObject(first).properties);
  if (typeof seen.timestamp !== "string") return null;
  return {
    observedAtMs: instant(seen.timestamp),
    condition: stringOrNull(seen.textDescription),
    temperatureC: quantity(seen.temperature, "temperature"),
    dewpointC: quantity(seen.dewpoint, "temperature"),
    humidityPct: quantity(seen.relativeHumidity, "percent"),
    windKmh: quantity(seen.windSpeed, "speed"),
    gustKmh: quantity(seen.windGust, "speed"),
    windDirectionDeg: quantity(seen.windDirection, "angle"),
    pressureHpa: quantity(seen.seaLevelPressure, "pressure") ?? quantity(seen.barometricPressure, "pressure"),
    visibilityM: quantity(seen.visibility, "length"),
    precipLastHourMm: quantity(seen.precipitationLastHour, "depth"),
    windChillC: quantity(seen.windChill, "temperature"),
    heatIndexC: quantity(seen.heatIndex, "temperature"),
  };
}

export function decodeAlerts(body: unknown): NwsAlert[] {
  return asArray(asObject(body).features).map((item) => {
    const alert = asObject(asObject(item).properties);
    return {
      id: asString(alert.id),
      event: asString(alert.event),
      severity: stringOrNull(alert.severity) ?? "Unknown",
      certainty: stringOrNull(alert.certainty) ?? "Unknown",
      urgency: stringOrNull(alert.urgency) ?? "Unknown",
      headline: stringOrNull(alert.headline),
      area: stringOrNull(alert.areaDesc) ?? "",
      onset: stringOrNull(alert.onset),
      ends: stringOrNull(alert.ends),
      expires: stringOrNull(alert.expires),
      description: stringOrNull(alert.description),
      instruction: stringOrNull(alert.instruction),
      sender: stringOrNull(alert.senderName),
      messageType: stringOrNull(alert.messageType) ?? "Alert",
    };
  });
}

export function decodeGrid(body: unknown): GridData {
  const layers = asObject(asObject(body).properties);
  return {
    rainMm: decodeLayer(layers.quantitativePrecipitation, "depth"),
    snowCm: decodeLayer(layers.snowfallAmount, "depth").map((part) => ({ ...part, value: part.value / 10 })),
    gustKmh: decodeLayer(layers.windGust, "speed"),
    feelsLikeC: decodeLayer(layers.apparentTemperature, "temperature"),
    cloudCoverPct: decodeLayer(layers.skyCover, "percent"),
  };
}

function decodeLayer(layer: unknown, kind: Parameters<typeof quantity>[1]): GridLayer[] {
  if (layer === undefined) return [];
  const { uom, values } = asObject(layer);
  const parts: GridLayer[] = [];
  for (const item of asArray(values ?? [])) {
    const { validTime, value } = asObject(item);
    const interval = parseInterval(asString(validTime));
    const converted = quantity({ unitCode: uom, value: numberOrNull(value) }, kind);
    if (interval && converted !== null) parts.push({ ...interval, value: converted });
  }
  return parts;
}

/** Id of the newest product of a list; null for an empty list. */
export function decodeNewestProduct(body: unknown): string | null {
  const [first] = asArray(asObject(body)["@graph"]);
  return first === undefined ? null : asString(asObject(first).id);
}

export function decodeProduct(body: unknown): NwsProduct {
  const product = asObject(body);
  const issuedAtMs = Date.parse(stringOrNull(product.issuanceTime) ?? "");
  return { text: asString(product.productText), issuedAtMs: Number.isNaN(issuedAtMs) ? null : issuedAtMs };
}

function instant(value: unknown): number {
  return asNumber(Date.parse(asString(value)));
}
