import type { UnitSystem } from "../config.ts";

interface UnitRule {
  readonly unit: string;
  readonly decimals: number;
  readonly from: (value: number) => number;
}

const asIs = (value: number) => value;
const same = (unit: string, decimals: number): Record<UnitSystem, UnitRule> => ({
  metric: { unit, decimals, from: asIs },
  imperial: { unit, decimals, from: asIs },
});
const scaled = (metric: [string, number], imperial: [string, number, number]): Record<UnitSystem, UnitRule> => ({
  metric: { unit: metric[0], decimals: metric[1], from: asIs },
  imperial: { unit: imperial[0], decimals: imperial[1], from: (value) => value * imperial[2] },
});

/** Kinds of measures, each with the unit it is kept in (metric) and what it is shown as. Converted and rounded once, here. */
const RULES = {
  temperature: {
    metric: { unit: "°C", decimals: 1, from: asIs },
    imperial: { unit: "°F", decimals: 0, from: (c: number) => (c * 9) / 5 + 32 },
  },
  speed: scaled(["km/h", 0], ["mph", 0, 1 / 1.609344]),
  precipitation: scaled(["mm", 1], ["in", 2, 1 / 25.4]),
  snow: scaled(["cm", 1], ["in", 1, 1 / 2.54]),
  pressure: scaled(["hPa", 0], ["inHg", 2, 1 / 33.8639]),
  visibility: scaled(["km", 1], ["mi", 1, 1 / 1.609344]),
  wave_height: scaled(["m", 1], ["ft", 1, 1 / 0.3048]),
  percent: same("%", 0),
  direction: same("°", 0),
  index: same("index", 0),
  uv_index: same("index", 1),
  period: same("s", 1),
  concentration: same("µg/m³", 1),
  pollen: same("grains/m³", 1),
  count: same("count", 0),
} satisfies Record<string, Record<UnitSystem, UnitRule>>;

export type Quantity = keyof typeof RULES;

/** The value in the unit that is shown, rounded; null stays null. */
export function show(quantity: Quantity, value: number | null | undefined, system: UnitSystem): number | null {
  if (value === null || value === undefined) return null;
  const { decimals, from } = RULES[quantity][system];
  const factor = 10 ** decimals;
  // Adding 0 turns -0 into 0.
  return Math.round(from(value) * factor) / factor + 0;
}

/** "39 to 43 °F", or "41 °F" where all are the same; of at least one value that has been converted already. */
export function rangeText(values: readonly number[], unit: string): string {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  return least === most ? `${least} ${unit}` : `${least} to ${most} ${unit}`;
}

export function unitOf(quantity: Quantity, system: UnitSystem): string {
  return RULES[quantity][system].unit;
}
