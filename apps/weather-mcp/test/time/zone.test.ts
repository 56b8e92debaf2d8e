import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { addDays } from "../../src/time/calendar.ts";
import { endOfDay, formatLocal, isZone, localDate, localHour, offsetMinutes, startOfDay } from "../../src/time/zone.ts";

const ZONES = [
  "America/New_York",
  "America/St_Johns",
  "Asia/Kolkata",
  "Asia/Kathmandu",
  "Pacific/Apia",
  "Pacific/Auckland",
  "Pacific/Chatham",
  "Australia/Lord_Howe",
  "Europe/Paris",
  "America/Sao_Paulo",
  "Africa/Cairo",
  "UTC",
];
const HOUR_MS = 3_600_000;

describe("local time", () => {
  test("offsets are those of the instant, not of today", () => {
    const winter = Date.UTC(2026, 0, 15, 12);
    const summer = Date.UTC(2026, 6, 15, 12);
    const both = (zone: string) => [offsetMinutes(winter, zone), offsetMinutes(summer, zone)];
    expect(both("America/New_York")).toEqual([-300, -240]);
    expect(both("America/St_Johns")).toEqual([-210, -150]);
    expect(both("Asia/Kolkata")).toEqual([330, 330]);
    expect(both("Asia/Kathmandu")).toEqual([345, 345]);
    expect(both("Pacific/Auckland")).toEqual([780, 720]);
    expect(both("Pacific/Apia")).toEqual([780, 780]);
  });

  test("the days on which clocks change have 23 and 25 hours", () => {
    const hours = (date: string, zone: string) => (endOfDay(date, zone) - startOfDay(date, zone)) / HOUR_MS;
    expect(hours("2026-03-08", "America/New_York")).toBe(23);
    expect(hours("2026-11-01", "America/New_York")).toBe(25);
    expect(hours("2026-03-29", "Europe/Paris")).toBe(23);
    expect(hours("2026-10-25", "Europe/Paris")).toBe(25);
    // Half an hour only.
    expect(hours("2026-04-05", "Australia/Lord_Howe")).toBe(24.5);
  });

  test("a time is printed with the offset that held, before and after the clocks change", () => {
    const change = Date.UTC(2026, 2, 8, 7);
    expect(formatLocal(change - HOUR_MS, "America/New_York")).toBe("2026-03-08T01:00-05:00");
    expect(formatLocal(change, "America/New_York")).toBe("2026-03-08T03:00-04:00");
    expect(formatLocal(Date.UTC(2026, 0, 1), "Asia/Kathmandu")).toBe("2026-01-01T05:45+05:45");
    expect(formatLocal(Date.UTC(2026, 0, 1), "America/St_Johns")).toBe("2025-12-31T20:30-03:30");
  });

  test("a printed time names the instant that it came from", () => {
    fc.assert(
      fc.property(fc.constantFrom(...ZONES), fc.integer({ min: 0, max: 2_000_000_000 }), (zone, seconds) => {
        const instant = Math.floor(seconds / 60) * 60_000;
        expect(Date.parse(formatLocal(instant, zone))).toBe(instant);
      }),
    );
  });

  test("a day begins with the first instant that bears its date and ends with the next day", () => {
    fc.assert(
      fc.property(fc.constantFrom(...ZONES), fc.integer({ min: 15_400, max: 21_000 }), (zone, day) => {
        const date = addDays("1970-01-01", day);
        const start = startOfDay(date, zone);
        expect(localDate(start, zone)).toBe(date);
        expect(localDate(start - 1, zone)).not.toBe(date);
        expect(localDate(endOfDay(date, zone) - 1, zone)).toBe(date);
      }),
    );
  });

  test("where midnight does not exist, the day begins with the hour after it", () => {
    // Clocks in Cairo go forward at midnight.
    expect(formatLocal(startOfDay("2026-04-24", "Africa/Cairo"), "Africa/Cairo")).toBe("2026-04-24T01:00+03:00");
  });

  test("hours of the day are local", () => {
    expect(localHour(Date.UTC(2026, 6, 15, 20), "Asia/Kolkata")).toBe(1);
  });

  test("an unknown zone is told from a known one", () => {
    expect(isZone("Europe/Paris")).toBe(true);
    expect(isZone("Foo/Bar")).toBe(false);
  });
});
