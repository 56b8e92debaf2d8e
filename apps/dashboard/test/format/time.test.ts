import { describe, expect, it } from "vitest";
import {
  formatAgo,
  formatClock,
  formatDate,
  formatInstant,
  formatSlot,
  formatWeekday,
  isTimeZone,
} from "../../src/format/time.ts";

const at = (text: string) => Date.parse(text);

describe("times", () => {
  it("are those of the chosen zone, half hours and quarters included", () => {
    const noon = at("2026-07-15T12:00:00Z");
    expect(formatClock(noon, "Europe/Berlin")).toBe("14:00");
    expect(formatClock(noon, "Asia/Kolkata")).toBe("17:30");
    expect(formatClock(noon, "Asia/Kathmandu")).toBe("17:45");
    expect(formatClock(at("2026-07-15T00:00:00Z"), "UTC")).toBe("00:00");
  });

  it("dates are those of the chosen zone", () => {
    const late = at("2026-07-15T23:30:00Z");
    expect(formatWeekday(late, "UTC")).toBe("Wed 15");
    expect(formatWeekday(late, "Asia/Kolkata")).toBe("Thu 16");
    expect(formatDate(late, "UTC")).toBe("15 Jul");
    expect(formatInstant(late, "UTC")).toBe("15 Jul 2026, 23:30");
  });

  it("an interval is named in full, an hour by its begin and end", () => {
    const slot = { startAt: at("2026-07-15T12:30:00Z"), endAt: at("2026-07-15T13:30:00Z") };
    expect(formatSlot(slot, "hour", "Asia/Kolkata")).toBe("Wednesday 15 July, 18:00–19:00");
    expect(formatSlot(slot, "day", "Asia/Kolkata")).toBe("Wednesday 15 July");
  });

  it("the hour that comes twice when clocks go back reads the same twice, as on the wall", () => {
    const slot = (start: string, end: string) =>
      formatSlot({ startAt: at(start), endAt: at(end) }, "hour", "Europe/Berlin");
    expect(slot("2026-10-25T00:00:00Z", "2026-10-25T01:00:00Z")).toBe("Sunday 25 October, 02:00–02:00");
    expect(slot("2026-10-25T01:00:00Z", "2026-10-25T02:00:00Z")).toBe("Sunday 25 October, 02:00–03:00");
  });

  it.each([
    [0, "just now"],
    [-5_000, "just now"],
    [59_999, "just now"],
    [60_000, "1 minute ago"],
    [7_200_000, "2 hours ago"],
    [86_400_000 * 3 + 1, "3 days ago"],
  ])("%i ms ago reads %s", (agoMs, text) => expect(formatAgo(1_000_000_000_000 - agoMs, 1_000_000_000_000)).toBe(text));

  it("a name that is no zone is not one", () => {
    expect(isTimeZone("Europe/Berlin")).toBe(true);
    expect(isTimeZone("Nowhere/Atall")).toBe(false);
  });
});
