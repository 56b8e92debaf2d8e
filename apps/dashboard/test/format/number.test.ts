import { describe, expect, it } from "vitest";
import {
  countChange,
  differenceChange,
  formatAxisCount,
  formatCount,
  formatShare,
  shareChange,
  successRate,
} from "../../src/format/number.ts";

describe("counts", () => {
  it.each([
    [0, "0"],
    [8412, "8,412"],
    [999_999, "999,999"],
    [1_234_567, "1.2M"],
  ])("%i reads %s", (count, text) => expect(formatCount(count)).toBe(text));

  it("an axis has short labels", () => {
    expect([0, 500, 1000, 1500, 2_000_000].map(formatAxisCount)).toEqual(["0", "500", "1K", "1.5K", "2M"]);
  });
});

describe("shares", () => {
  it("one failure in many calls never reads as none", () => {
    expect(formatShare(9_999 / 10_000)).toBe("99.9%");
    expect(formatShare(1)).toBe("100%");
  });

  it("one success in many calls never reads as none", () => {
    expect(formatShare(1 / 10_000)).toBe("<0.1%");
    expect(formatShare(0)).toBe("0%");
  });

  it.each([
    [0.972, "97.2%"],
    [0.29, "29.0%"],
    [0.57, "57.0%"],
    [1 / 7, "14.3%"],
    [2 / 3, "66.7%"],
  ])("%d reads %s: rounded, in spite of binary fractions", (share, text) => expect(formatShare(share)).toBe(text));

  it("no calls have no success rate", () => {
    expect(successRate({ succeeded: 0, failed: 0 })).toBeUndefined();
    expect(formatShare(undefined)).toBe("–");
    expect(successRate({ succeeded: 3, failed: 1 })).toBe(0.75);
  });
});

describe("changes", () => {
  it.each([
    [150, 100, "up", "50%"],
    [50, 100, "down", "50%"],
    [1002, 1000, "up", "0.2%"],
    [100, 100, "same", "0%"],
    [100_001, 100_000, "same", "0%"],
    [0, 100, "down", "100%"],
    [2_500, 100, "up", "25.0×"],
  ] as const)("%i after %i is %s %s", (current, previous, direction, size) => {
    expect(countChange(current, previous)).toEqual({ direction, size });
  });

  it("nothing before leaves nothing to compare with", () => {
    expect(countChange(5, 0)).toBeUndefined();
    expect(shareChange(0.5, undefined)).toBeUndefined();
    expect(shareChange(undefined, 0.5)).toBeUndefined();
  });

  it("shares differ by points, not by percent", () => {
    expect(shareChange(0.95, 0.9)).toEqual({ direction: "up", size: "5.0 pts" });
    expect(shareChange(0.90001, 0.9)).toEqual({ direction: "same", size: "0 pts" });
  });

  it("small counts differ by their difference", () => {
    expect(differenceChange(6, 8)).toEqual({ direction: "down", size: "2" });
  });
});
