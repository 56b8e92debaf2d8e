import { assert, constantFrom, integer, property } from "fast-check";
import { describe, expect, it } from "vitest";
import { localDate, offsetMs, startOfDay } from "../../src/query/time-zone.ts";
import {
  defaultInterval,
  INTERVALS,
  keptFromMs,
  keptRanges,
  offersInterval,
  RANGE_NAMES,
  type UsageWindow,
  usageWindow,
} from "../../src/query/usage-window.ts";

const HOUR_MS = 3_600_000;
const ZONES = [
  "UTC",
  "Europe/Berlin",
  "America/New_York",
  "America/Santiago",
  "America/Havana",
  "America/St_Johns",
  "Asia/Kolkata",
  "Asia/Kathmandu",
  "Asia/Tehran",
  "Australia/Lord_Howe",
  "Pacific/Chatham",
  "Pacific/Kiritimati",
];
const OFFERED = RANGE_NAMES.flatMap((range) =>
  INTERVALS.filter((interval) => offersInterval(range, interval)).map((interval) => ({ range, interval })),
);

const lengthsInHours = (edgesMs: readonly number[]) =>
  edgesMs.slice(1).map((edgeMs, i) => (edgeMs - (edgesMs[i] ?? 0)) / HOUR_MS);
const isAscending = (edgesMs: readonly number[]) => lengthsInHours(edgesMs).every((hours) => hours > 0);
const day = (range: "7d" | "28d" | "90d", timeZone: string, now: string): UsageWindow =>
  usageWindow(range, "day", timeZone, Date.parse(now));

describe("usage windows", () => {
  it("whatever the zone and the time, intervals are gapless, end with the one that runs, and compare one to one", () => {
    const times = integer({ min: Date.parse("2024-01-01T00:00:00Z"), max: Date.parse("2030-01-01T00:00:00Z") });
    assert(
      property(constantFrom(...OFFERED), constantFrom(...ZONES), times, ({ range, interval }, timeZone, nowMs) => {
        const { currentEdgesMs, previousEdgesMs } = usageWindow(range, interval, timeZone, nowMs);
        expect(isAscending(currentEdgesMs)).toBe(true);
        expect(isAscending(previousEdgesMs.slice(0, -1))).toBe(true);
        expect(previousEdgesMs.at(-1)).toBeGreaterThanOrEqual(previousEdgesMs.at(-2) as number);
        expect(currentEdgesMs.at(-2)).toBeLessThanOrEqual(nowMs);
        expect(currentEdgesMs.at(-1)).toBeGreaterThan(nowMs);
        expect(previousEdgesMs).toHaveLength(currentEdgesMs.length);
        expect(previousEdgesMs.at(-1)).toBeLessThanOrEqual(currentEdgesMs[0] as number);
        for (const edgeMs of [...currentEdgesMs, ...previousEdgesMs]) {
          const isStart =
            interval === "day"
              ? startOfDay(localDate(edgeMs, timeZone), timeZone) === edgeMs
              : (edgeMs + offsetMs(edgeMs, timeZone)) % HOUR_MS === 0 || timeZone === "Australia/Lord_Howe";
          expect(isStart).toBe(true);
        }
      }),
      { numRuns: 150 },
    );
  });

  it("seven days are today and the six before, in the viewer's zone", () => {
    const { currentEdgesMs } = day("7d", "Asia/Kolkata", "2026-07-15T20:00:00Z");
    const edges = currentEdgesMs.map((edgeMs) => new Date(edgeMs).toISOString());
    expect(edges[0]).toBe("2026-07-09T18:30:00.000Z");
    expect(edges.at(-1)).toBe("2026-07-16T18:30:00.000Z");
  });

  it("seven days begin at the same instant by day and by hour, and both end after now", () => {
    for (const timeZone of ZONES) {
      const nowMs = Date.parse("2026-10-27T12:10:00Z");
      const [byDay, byHour] = [usageWindow("7d", "day", timeZone, nowMs), usageWindow("7d", "hour", timeZone, nowMs)];
      expect(byHour.currentEdgesMs[0]).toBe(byDay.currentEdgesMs[0]);
      expect(byHour.previousEdgesMs[0]).toBe(byDay.previousEdgesMs[0]);
      expect(byHour.currentEdgesMs.at(-1)).toBeGreaterThan(nowMs);
    }
  });

  it("the hour that a week is longer than the one before is compared with nothing", () => {
    const { currentEdgesMs, previousEdgesMs } = usageWindow(
      "7d",
      "hour",
      "Europe/Berlin",
      Date.parse("2026-10-25T22:50:00Z"),
    );
    expect(currentEdgesMs).toHaveLength(169 + 1);
    expect(lengthsInHours(previousEdgesMs).at(-1)).toBe(0);
  });

  it("a day on which clocks change has 23 or 25 hours", () => {
    expect(lengthsInHours(day("7d", "Europe/Berlin", "2026-03-31T12:00:00Z").currentEdgesMs)).toContain(23);
    expect(lengthsInHours(day("7d", "Europe/Berlin", "2026-10-27T12:00:00Z").currentEdgesMs)).toContain(25);
    expect(lengthsInHours(day("7d", "Australia/Lord_Howe", "2026-04-07T12:00:00Z").currentEdgesMs)).toContain(24.5);
  });

  it("hours begin on the wall clock's full hour, at half past or a quarter by UTC", () => {
    const now = Date.parse("2026-07-15T12:40:00Z");
    const lastStart = (zone: string) =>
      new Date(usageWindow("24h", "hour", zone, now).currentEdgesMs.at(-2) ?? 0).toISOString();
    expect(lastStart("Asia/Kolkata")).toBe("2026-07-15T12:30:00.000Z");
    expect(lastStart("Asia/Kathmandu")).toBe("2026-07-15T12:15:00.000Z");
    expect(lastStart("UTC")).toBe("2026-07-15T12:00:00.000Z");
  });

  it("where an hour comes twice it is counted twice, and where one is missing there is no empty interval", () => {
    const fall = usageWindow("24h", "hour", "Europe/Berlin", Date.parse("2026-10-25T12:30:00Z")).currentEdgesMs;
    expect(new Set(lengthsInHours(fall))).toEqual(new Set([1]));
    const half = usageWindow("24h", "hour", "Australia/Lord_Howe", Date.parse("2026-10-04T00:30:00Z")).currentEdgesMs;
    expect(isAscending(half)).toBe(true);
  });

  it("days are compared with the same weekdays", () => {
    for (const range of ["7d", "28d", "90d"] as const) {
      const { currentEdgesMs, previousEdgesMs } = day(range, "Europe/Berlin", "2026-05-13T12:00:00Z");
      const weekday = (edgeMs: number) => new Date(edgeMs + 6 * HOUR_MS).getUTCDay();
      expect(previousEdgesMs.map(weekday)).toEqual(currentEdgesMs.map(weekday));
    }
  });

  it("whatever the zone, a range is offered exactly while retention keeps its first day", () => {
    const days = integer({ min: 1, max: 100 });
    const times = integer({ min: Date.parse("2026-01-01T00:00:00Z"), max: Date.parse("2027-01-01T00:00:00Z") });
    assert(
      property(constantFrom(...ZONES), times, days, (timeZone, nowMs, rawRetentionDays) => {
        const fromMs = keptFromMs(nowMs, rawRetentionDays);
        const ranges = keptRanges(timeZone, nowMs, fromMs);
        expect(fromMs % (24 * HOUR_MS)).toBe(0);
        for (const range of RANGE_NAMES) {
          const [startMs = 0] = usageWindow(range, defaultInterval(range), timeZone, nowMs).currentEdgesMs;
          expect(ranges.includes(range)).toBe(startMs >= fromMs);
        }
      }),
      { numRuns: 60 },
    );
  });

  it("an interval that a range does not offer is refused", () => {
    expect(defaultInterval("24h")).toBe("hour");
    expect(defaultInterval("90d")).toBe("day");
    expect(() => usageWindow("90d", "hour", "UTC", 0)).toThrow(RangeError);
  });
});
