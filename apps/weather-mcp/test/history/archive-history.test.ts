import { describe, expect, test } from "vitest";
import { daysFromHours } from "../../src/history/archive-history.ts";
import { eachDate } from "../../src/time/calendar.ts";
import { endOfDay, startOfDay } from "../../src/time/zone.ts";

const HOUR_S = 3_600;

/** Hours at whole hours of GMT that reach over the span, with a value for each. */
function hours(zone: string, from: string, to: string, value: (seconds: number) => number | null) {
  const first = Math.floor(startOfDay(from, zone) / 3_600_000) * HOUR_S;
  const last = endOfDay(to, zone) / 1_000 + HOUR_S;
  const timeS = Array.from({ length: Math.ceil((last - first) / HOUR_S) + 1 }, (_, index) => first + index * HOUR_S);
  const list = timeS.map(value);
  return { timeS, values: { temperature_2m: list, precipitation: list, snowfall: list, wind_speed_10m: list } };
}

const total = (zone: string, from: string, to: string) =>
  daysFromHours(
    hours(zone, from, to, () => 1),
    { from, to },
    zone,
  ).map(({ values }) => values.precip);

describe("days made of hours", () => {
  test("the days on which clocks change have 23 and 25 hours of rain", () => {
    expect(total("America/New_York", "2026-03-07", "2026-03-09")).toEqual([24, 23, 24]);
    expect(total("America/New_York", "2026-10-31", "2026-11-02")).toEqual([24, 25, 24]);
    expect(total("Europe/Paris", "2026-03-29", "2026-03-29")).toEqual([23]);
  });

  test("in half-hour zones the hour over midnight is shared", () => {
    expect(total("Asia/Kolkata", "2026-01-01", "2026-01-03")).toEqual([24, 24, 24]);
    expect(total("Asia/Kathmandu", "2026-01-01", "2026-01-01")).toEqual([24]);
    const midnightS = startOfDay("2026-01-02", "Asia/Kolkata") / 1_000;
    // Rain only in the hour from 23:30 to 00:30; its label is the end of that hour.
    const rain = hours("Asia/Kolkata", "2026-01-01", "2026-01-02", (seconds) =>
      seconds === midnightS + 1_800 ? 4 : 0,
    );
    const days = daysFromHours(rain, { from: "2026-01-01", to: "2026-01-02" }, "Asia/Kolkata");
    expect(days.map(({ values }) => values.precip)).toEqual([2, 2]);
  });

  test("rain of the last hour belongs to the day that ends with it", () => {
    const endS = endOfDay("2026-07-01", "America/New_York") / 1_000;
    const rain = hours("America/New_York", "2026-07-01", "2026-07-02", (seconds) => (seconds === endS ? 3 : 0));
    const days = daysFromHours(rain, { from: "2026-07-01", to: "2026-07-02" }, "America/New_York");
    expect(days.map(({ values }) => values.precip)).toEqual([3, 0]);
  });

  test("the warmest hour is that of the local day, wherever the server stands", () => {
    for (const zone of ["Pacific/Apia", "America/St_Johns", "Australia/Lord_Howe"]) {
      const noon = (date: string) => startOfDay(date, zone) + 12 * 3_600_000;
      const hot = hours(zone, "2026-01-10", "2026-01-12", (seconds) => {
        const date = eachDate("2026-01-10", "2026-01-12").find((day) => Math.abs(noon(day) / 1_000 - seconds) <= 1_800);
        return date ? Number(date.slice(8)) : 0;
      });
      const days = daysFromHours(hot, { from: "2026-01-10", to: "2026-01-12" }, zone);
      expect(days.map(({ at, values }) => [at, values.temp_max])).toEqual([
        ["2026-01-10", 10],
        ["2026-01-11", 11],
        ["2026-01-12", 12],
      ]);
    }
  });

  test("a day with gaps has no value, rather than a wrong one", () => {
    const gaps = hours("UTC", "2026-01-01", "2026-01-01", (seconds) => (seconds % (4 * HOUR_S) === 0 ? null : 5));
    expect(daysFromHours(gaps, { from: "2026-01-01", to: "2026-01-01" }, "UTC")[0]?.values).toMatchObject({
      temp_max: null,
      precip: null,
    });
  });

  test("no hours at all are days without values", () => {
    expect(daysFromHours(null, { from: "2026-01-01", to: "2026-01-02" }, "UTC")).toHaveLength(2);
  });
});
