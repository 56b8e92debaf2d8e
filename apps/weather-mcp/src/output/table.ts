import type { UnitSystem } from "../config.ts";
import { type Quantity, show, unitOf } from "./units.ts";

export type Cell = string | number | null;

/** Rows without the column names in each of them: a quarter of the size of objects. */
export interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

/** A column of values: text as it is, or a measure in the unit it is kept in. */
export interface Column {
  readonly name: string;
  /** Absent for text. */
  readonly quantity?: Quantity;
  readonly values: readonly Cell[];
  /** Named in a warning when the whole column is null. */
  readonly expected?: boolean;
}

export interface BuiltTable {
  readonly table: Table;
  readonly units: Record<string, string>;
  /** Expected columns that have no value at all. */
  readonly missing: readonly string[];
}

/** Converts, rounds, and leaves out the columns that are null throughout. */
export function buildTable(columns: readonly Column[], system: UnitSystem): BuiltTable {
  const kept = columns.filter((column) => column.values.some((value) => value !== null));
  const shown = kept.map((column) => column.values.map((value) => showCell(column, value, system)));
  const count = columns[0]?.values.length ?? 0;
  return {
    table: {
      columns: kept.map((column) => column.name),
      rows: Array.from({ length: count }, (_, row) => shown.map((values) => values[row] ?? null)),
    },
    units: unitsOf(kept, system),
    missing: columns.filter((column) => column.expected && !kept.includes(column)).map((column) => column.name),
  };
}

function showCell(column: Column, value: Cell, system: UnitSystem): Cell {
  return column.quantity && typeof value === "number" ? show(column.quantity, value, system) : value;
}

function unitsOf(columns: readonly Column[], system: UnitSystem): Record<string, string> {
  const measured = columns.filter((column) => column.quantity !== undefined);
  return Object.fromEntries(measured.map(({ name, quantity }) => [name, unitOf(quantity as Quantity, system)]));
}

/** The part of a table that starts at `offset` and has at most `count` rows. */
export function sliceTable(table: Table, offset: number, count: number): Table {
  return { columns: table.columns, rows: table.rows.slice(offset, offset + count) };
}

/** For people and for clients that read only text; null is shown as "-". */
export function tableText(table: Table): string {
  const lines = table.rows.map((row) => row.map((cell) => (cell === null ? "-" : String(cell))).join(" | "));
  return [table.columns.join(" | "), ...lines].join("\n");
}
