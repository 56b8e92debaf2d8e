import { numberOrNull } from "./decode.ts";

type Kind = "temperature" | "speed" | "pressure" | "length" | "depth" | "percent" | "angle";

/**
 * From the unit that an answer names to °C, km/h, hPa, m (length), mm (depth), % or degrees.
 * The service has changed its units before, so none is taken for granted.
 */
const TO_SI: Record<Kind, Readonly<Record<string, (value: number) => number>>> = {
  temperature: { degC: same, degF: (f) => ((f - 32) * 5) / 9, K: (k) => k - 273.15 },
  speed: { "km_h-1": same, "m_s-1": (v) => v * 3.6, kt: (v) => v * 1.852, "mi_h-1": (v) => v * 1.609344 },
  pressure: { Pa: (v) => v / 100, hPa: same },
  length: { m: same, km: (v) => v * 1_000, mm: (v) => v / 1_000, ft: (v) => v * 0.3048 },
  depth: { mm: same, m: (v) => v * 1_000, cm: (v) => v * 10, in: (v) => v * 25.4 },
  percent: { percent: same },
  angle: { "degree_(angle)": same },
};

function same(value: number): number {
  return value;
}

/** How the service marks a measurement that it takes for wrong: rejected by its checks, or by a forecaster. */
const WRONG = ["X", "B"];

/** The value of `{unitCode, value}` in our unit; null when it is missing, known to be wrong or in a unit that we do not know. */
export function quantity(measure: unknown, kind: Kind): number | null {
  if (typeof measure !== "object" || measure === null) return null;
  const { unitCode, value, qualityControl } = measure as Record<string, unknown>;
  const number = WRONG.includes(String(qualityControl)) ? null : numberOrNull(value);
  if (number === null) return null;
  const unit =
    String(unitCode ?? "")
      .split(":")
      .at(-1) ?? "";
  const convert = TO_SI[kind][unit];
  return convert ? convert(number) : null;
}

const WIND_TO_KMH: Record<string, number> = { mph: 1.609344, "km/h": 1, kt: 1.852 };

/** "14 mph", "2 to 13 mph" or "Calm" in km/h; also the QuantitativeValue form. Nulls when it says nothing. */
export function parseWindKmh(wind: unknown): { min: number | null; max: number | null } {
  if (typeof wind === "object" && wind !== null) {
    const { minValue, maxValue, ...rest } = wind as Record<string, unknown>;
    const single = quantity(rest, "speed");
    return {
      min: quantity({ ...rest, value: minValue }, "speed") ?? single,
      max: quantity({ ...rest, value: maxValue }, "speed") ?? single,
    };
  }
  if (typeof wind !== "string") return { min: null, max: null };
  if (/^calm$/i.test(wind.trim())) return { min: 0, max: 0 };
  const match = /^(\d+)(?:\s*to\s*(\d+))?\s*(mph|km\/h|kt)$/.exec(wind.trim());
  if (!match) return { min: null, max: null };
  const factor = WIND_TO_KMH[match[3] as string] as number;
  const min = Number(match[1]) * factor;
  return { min, max: match[2] === undefined ? min : Number(match[2]) * factor };
}

const COMPASS = ["N", "NNE", "NE", "ENE", "E", "ESE", "SE", "SSE", "S", "SSW", "SW", "WSW", "W", "WNW", "NW", "NNW"];

/** Degrees of a compass point; null for anything else. */
export function parseCompass(direction: unknown): number | null {
  const index = COMPASS.indexOf(String(direction));
  return index < 0 ? null : index * 22.5;
}
