import { describe, expect, it } from "vitest";
import { addDays, canonicalTimeZone, localDate, offsetMs, startOfDay } from "../../src/query/time-zone.ts";

const MINUTE_MS = 60_000;

function startsAt(day: string, timeZone: string): string {
  const [year = 0, month = 0, date = 0] = day.split("-").map(Number);
  return new Date(startOfDay({ year, month, day: date }, timeZone)).toISOString();
}

describe("time zones", () => {
  it.each([
    ["UTC", "2026-07-01T00:00:00Z", 0],
    ["Europe/Berlin", "2026-01-15T12:00:00Z", 60],
    ["Europe/Berlin", "2026-07-15T12:00:00Z", 120],
    ["Asia/Kolkata", "2026-07-15T12:00:00Z", 330],
    ["Asia/Kathmandu", "2026-07-15T12:00:00Z", 345],
    ["Asia/Tehran", "2026-07-15T12:00:00Z", 210],
    ["America/St_Johns", "2026-07-15T12:00:00Z", -150],
    ["Pacific/Kiritimati", "2026-07-15T12:00:00Z", 840],
  ])("%s at %s is %i minutes from UTC", (timeZone, at, minutes) => {
    expect(offsetMs(Date.parse(at), timeZone)).toBe(minutes * MINUTE_MS);
  });

  it("milliseconds do not leak into an offset", () => {
    expect(offsetMs(Date.parse("2026-07-15T12:00:00.999Z"), "Asia/Kolkata")).toBe(330 * MINUTE_MS);
    expect(offsetMs(-1, "UTC")).toBe(0);
  });

  it("a date is the one on the wall", () => {
    expect(localDate(Date.parse("2026-07-15T23:30:00Z"), "Asia/Kolkata")).toEqual({ year: 2026, month: 7, day: 16 });
    expect(localDate(Date.parse("2026-07-15T01:30:00Z"), "America/New_York")).toEqual({
      year: 2026,
      month: 7,
      day: 14,
    });
  });

  it("days are added across months and years", () => {
    expect(addDays({ year: 2026, month: 1, day: 1 }, -1)).toEqual({ year: 2025, month: 12, day: 31 });
    expect(addDays({ year: 2028, month: 2, day: 28 }, 1)).toEqual({ year: 2028, month: 2, day: 29 });
  });

  it.each([
    ["2026-03-29", "Europe/Berlin", "2026-03-28T23:00:00.000Z"],
    ["2026-03-30", "Europe/Berlin", "2026-03-29T22:00:00.000Z"],
    ["2026-10-26", "Europe/Berlin", "2026-10-25T23:00:00.000Z"],
    ["2026-07-15", "Asia/Kolkata", "2026-07-14T18:30:00.000Z"],
    ["2026-07-15", "Asia/Kathmandu", "2026-07-14T18:15:00.000Z"],
  ])("%s in %s starts at %s", (day, timeZone, start) => {
    expect(startsAt(day, timeZone)).toBe(start);
  });

  it.each([
    // Clocks jump from 24:00 to 01:00: the day begins with the jump.
    ["2025-09-07", "America/Santiago", "2025-09-07T04:00:00.000Z"],
    ["2025-03-30", "Asia/Beirut", "2025-03-29T22:00:00.000Z"],
    // 00:00 to 01:00 comes twice: the day begins the first time.
    ["2025-11-02", "America/Havana", "2025-11-02T04:00:00.000Z"],
    // 23:00 to 24:00 of the day before comes twice.
    ["2025-04-06", "America/Santiago", "2025-04-06T04:00:00.000Z"],
  ])("%s in %s, where clocks change at midnight, starts at %s", (day, timeZone, start) => {
    expect(startsAt(day, timeZone)).toBe(start);
  });

  it("a name that is no time zone is not one, and spelling is made canonical", () => {
    expect(canonicalTimeZone("Nowhere/Atall")).toBeUndefined();
    expect(canonicalTimeZone("")).toBeUndefined();
    expect(canonicalTimeZone("europe/berlin")).toBe("Europe/Berlin");
  });
});
