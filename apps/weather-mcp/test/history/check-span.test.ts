import { describe, expect, test } from "vitest";
import type { WeatherError } from "../../src/errors/weather-error.ts";
import { checkSpan, type Granularity } from "../../src/history/check-span.ts";

/** 15 July in New York, 16 July in Apia. */
const NOW = Date.parse("2026-07-15T20:10:00Z");
const check = (start: string, end: string, granularity: Granularity = "daily", zone = "America/New_York") => {
  try {
    return checkSpan(start, end, granularity, zone, NOW);
  } catch (error) {
    return error as WeatherError;
  }
};
const problem = (...args: Parameters<typeof check>) => {
  const { category, reason, hint } = check(...args) as WeatherError;
  return { category, reason, hint };
};

describe("dates of history", () => {
  test("history ends with yesterday at the place", () => {
    expect(check("2026-07-14", "2026-07-14")).toEqual({ from: "2026-07-14", to: "2026-07-14" });
    expect(problem("2026-07-01", "2026-07-15").hint).toContain("get_current_conditions");
    expect(check("2026-07-15", "2026-07-15", "daily", "Pacific/Apia")).toEqual({
      from: "2026-07-15",
      to: "2026-07-15",
    });
    expect(problem("2026-07-01", "2026-08-15").hint).toContain("get_forecast");
  });

  test.each([
    ["a date that does not exist", "2026-02-30", "2026-03-01", "invalid_start_date"],
    ["an end that does not exist", "2025-02-01", "2025-02-29", "invalid_end_date"],
    ["an end before the start", "2026-03-02", "2026-03-01", "invalid_start_date"],
    ["a start before all records", "1939-12-31", "1940-01-02", "invalid_start_date"],
    ["a span that is too long", "2000-01-01", "2020-01-01", "invalid_end_date"],
  ])("%s names its field", (_what, start, end, reason) => {
    expect(problem(start, end)).toMatchObject({ category: "INVALID_INPUT", reason });
  });

  test("hours are limited to 31 days, months are not", () => {
    expect(problem("2026-05-01", "2026-06-15", "hourly").reason).toBe("invalid_end_date");
    expect(check("1996-07-15", "2026-06-30", "monthly")).toEqual({ from: "1996-07-15", to: "2026-06-30" });
  });
});
