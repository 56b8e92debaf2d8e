import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { addDays, daysBetween, eachDate, lastDateOfMonth, utcMidnight, weekday } from "../../src/time/calendar.ts";

describe("calendar", () => {
  test("a date that is in no calendar is refused", () => {
    for (const text of ["2025-02-29", "2026-13-01", "2026-00-10", "2026-04-31", "2026-4-3", "today", ""]) {
      expect(utcMidnight(text)).toBeUndefined();
    }
    expect(utcMidnight("2024-02-29")).toBe(Date.UTC(2024, 1, 29));
  });

  test("adding days and counting them agree, across leap years and centuries", () => {
    const day = fc.integer({ min: -20_000, max: 30_000 });
    fc.assert(
      fc.property(day, fc.integer({ min: -5_000, max: 5_000 }), (start, days) => {
        const from = addDays("1970-01-01", start);
        expect(daysBetween(from, addDays(from, days))).toBe(days);
      }),
    );
  });

  test("a span holds both of its ends", () => {
    expect(eachDate("2026-02-27", "2026-03-01")).toEqual(["2026-02-27", "2026-02-28", "2026-03-01"]);
    expect(eachDate("2026-01-01", "2026-01-01")).toEqual(["2026-01-01"]);
  });

  test("months end where they do", () => {
    expect(["2026-02", "2024-02", "2026-12"].map(lastDateOfMonth)).toEqual(["2026-02-28", "2024-02-29", "2026-12-31"]);
  });

  test("weekdays are right before and after 1970", () => {
    expect(["1969-07-20", "1970-01-01", "2026-03-08"].map(weekday)).toEqual(["Sun", "Thu", "Sun"]);
  });
});
