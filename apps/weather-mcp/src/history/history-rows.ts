import type { UnitSystem } from "../config.ts";
import type { Column } from "../output/table.ts";
import { type Quantity, show } from "../output/units.ts";

/** One day, hour or month of the past, in SI units. What was not measured is null or absent. */
export interface HistoryRow {
  /** `YYYY-MM-DD`, `YYYY-MM`, or a local time with offset. */
  readonly at: string;
  readonly values: Readonly<Partial<Record<HistoryField, number | null>>>;
}

interface FieldRule {
  readonly quantity: Quantity;
  /** Amounts add up; other measures do not. */
  readonly total: boolean;
}

export const HISTORY_FIELDS = {
  temp_max: { quantity: "temperature", total: false },
  temp_min: { quantity: "temperature", total: false },
  temp_mean: { quantity: "temperature", total: false },
  temperature: { quantity: "temperature", total: false },
  humidity: { quantity: "percent", total: false },
  precip: { quantity: "precipitation", total: true },
  snowfall: { quantity: "snow", total: true },
  snow_depth: { quantity: "snow", total: false },
  wind_avg: { quantity: "speed", total: false },
  wind_max: { quantity: "speed", total: false },
  wind_gust: { quantity: "speed", total: false },
  cloud_cover: { quantity: "percent", total: false },
  pressure_msl: { quantity: "pressure", total: false },
} as const satisfies Record<string, FieldRule>;
export type HistoryField = keyof typeof HISTORY_FIELDS;

export interface FieldSummary {
  min: number | null;
  max: number | null;
  mean: number | null;
  total: number | null;
  /** Rows that have a value. */
  days_with_data: number;
}

const FIELDS = Object.keys(HISTORY_FIELDS) as HistoryField[];

export function historyColumns(
  rows: readonly HistoryRow[],
  timeName: string,
  expected: readonly HistoryField[],
): Column[] {
  return [
    { name: timeName, values: rows.map((row) => row.at) },
    ...FIELDS.map((field) => ({
      name: field,
      quantity: HISTORY_FIELDS[field].quantity,
      values: rows.map((row) => row.values[field] ?? null),
      expected: expected.includes(field),
    })),
  ];
}

/** Least, greatest, mean and total of every field over all rows, whatever part of them is shown. */
export function summarize(rows: readonly HistoryRow[], system: UnitSystem): Record<string, FieldSummary> {
  const summaries: Record<string, FieldSummary> = {};
  for (const field of FIELDS) {
    const known = rows.map((row) => row.values[field] ?? null).filter((value) => value !== null);
    if (known.length === 0) continue;
    const { quantity, total } = HISTORY_FIELDS[field];
    const sum = known.reduce((a, b) => a + b, 0);
    summaries[field] = {
      min: show(
        quantity,
        known.reduce((a, b) => Math.min(a, b)),
        system,
      ),
      max: show(
        quantity,
        known.reduce((a, b) => Math.max(a, b)),
        system,
      ),
      mean: show(quantity, sum / known.length, system),
      total: total ? show(quantity, sum, system) : null,
      days_with_data: known.length,
    };
  }
  return summaries;
}
