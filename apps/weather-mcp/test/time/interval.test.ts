import { describe, expect, test } from "vitest";
import { overlapMs, parseInterval } from "../../src/time/interval.ts";

const HOUR_MS = 3_600_000;

describe("intervals of the raw grid", () => {
  test("days, hours and minutes are read", () => {
    const length = (text: string) => {
      const interval = parseInterval(`2026-07-15T12:00:00+00:00/${text}`);
      return interval && (interval.endMs - interval.startMs) / HOUR_MS;
    };
    expect(["PT1H", "PT6H", "P7D", "P7DT13H", "PT30M"].map(length)).toEqual([1, 6, 168, 181, 0.5]);
  });

  test("what is no interval is undefined", () => {
    for (const text of ["", "2026-07-15T12:00:00+00:00", "x/PT1H", "2026-07-15T12:00:00+00:00/1h"]) {
      expect(parseInterval(text)).toBeUndefined();
    }
  });

  test("only the shared part of two spans counts", () => {
    expect(overlapMs({ startMs: 0, endMs: 10 }, { startMs: 4, endMs: 20 })).toBe(6);
    expect(overlapMs({ startMs: 0, endMs: 10 }, { startMs: 10, endMs: 20 })).toBe(0);
  });
});
