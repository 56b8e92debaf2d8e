import { expect, test } from "vitest";
import { summarize } from "../../src/history/history-rows.ts";
import { monthlyRows } from "../../src/history/monthly.ts";
import { eachDate } from "../../src/time/calendar.ts";

const days = (from: string, to: string, gap: (date: string) => boolean = () => false) =>
  eachDate(from, to).map((at) => ({ at, values: { temp_max: gap(at) ? null : 10, precip: gap(at) ? null : 2 } }));

test("amounts of a month are added up, everything else is averaged", () => {
  const [february, march] = monthlyRows(days("2026-02-01", "2026-03-31"));
  expect(february).toEqual({ at: "2026-02", values: { temp_max: 10, precip: 56 } });
  expect(march?.values.precip).toBe(62);
});

test("a month with too many gaps is null, and so is one that is not over", () => {
  const [month] = monthlyRows(days("2026-01-01", "2026-01-31", (date) => Number(date.slice(8)) % 3 === 0));
  expect(month?.values).toEqual({ temp_max: null, precip: null });
  expect(monthlyRows(days("2026-01-01", "2026-01-20"))[0]?.values.precip).toBeNull();
});

test("a summary counts the days that have a value and never takes a gap for zero", () => {
  const summary = summarize(
    days("2026-01-01", "2026-01-10", (date) => date === "2026-01-05"),
    "metric",
  );
  expect(summary.precip).toEqual({ min: 2, max: 2, mean: 2, total: 18, days_with_data: 9 });
  expect(summary.temp_max).toMatchObject({ total: null, days_with_data: 9 });
  expect(summary).not.toHaveProperty("snowfall");
});
