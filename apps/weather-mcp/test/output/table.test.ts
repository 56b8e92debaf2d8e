import { describe, expect, test } from "vitest";
import { buildTable, sliceTable, tableText } from "../../src/output/table.ts";

const built = buildTable(
  [
    { name: "date", values: ["2026-01-01", "2026-01-02"] },
    { name: "temp_max", quantity: "temperature", values: [10, null] },
    { name: "snow_depth", quantity: "snow", values: [null, null] },
    { name: "precip", quantity: "precipitation", values: [null, null], expected: true },
  ],
  "imperial",
);

describe("tables", () => {
  test("columns that are null throughout are left out, and those that were expected are named", () => {
    expect(built.table.columns).toEqual(["date", "temp_max"]);
    expect(built.missing).toEqual(["precip"]);
    expect(built.units).toEqual({ temp_max: "°F" });
  });

  test("a null among values stays null, and is a dash in the text", () => {
    expect(built.table.rows).toEqual([
      ["2026-01-01", 50],
      ["2026-01-02", null],
    ]);
    expect(tableText(built.table)).toBe("date | temp_max\n2026-01-01 | 50\n2026-01-02 | -");
  });

  test("a part of a table has whole rows", () => {
    expect(sliceTable(built.table, 1, 5).rows).toEqual([["2026-01-02", null]]);
  });
});
