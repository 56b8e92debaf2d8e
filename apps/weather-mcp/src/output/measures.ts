import * as z from "zod/v4";
import type { UnitSystem } from "../config.ts";
import { numberOrNull } from "./or-null.ts";
import { type Quantity, show, unitOf } from "./units.ts";

/** Single measures of an answer by field: in the unit they are kept in, with what kind of measure they are. */
export type Measures = Readonly<Record<string, readonly [quantity: Quantity, value: number | null]>>;

/** A member per field; null where there is no value. */
export function showMeasures(measures: Measures, system: UnitSystem): Record<string, number | null> {
  return Object.fromEntries(
    Object.entries(measures).map(([field, [quantity, value]]) => [field, show(quantity, value, system)]),
  );
}

export function unitsOfMeasures(measures: Measures, system: UnitSystem): Record<string, string> {
  return Object.fromEntries(Object.entries(measures).map(([field, [quantity]]) => [field, unitOf(quantity, system)]));
}

/** "temperature 25.1, humidity -": the same numbers as in the structured form. */
export function measuresText(shown: Readonly<Record<string, number | null>>): string {
  return Object.entries(shown)
    .map(([field, value]) => `${field} ${value ?? "-"}`)
    .join(", ");
}

export const measuresSchema = z.record(z.string(), numberOrNull);
