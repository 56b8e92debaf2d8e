import { describe, expect, it } from "vitest";
import { columnPath, countTicks, labelStep } from "../../src/chart/scale.ts";

describe("the count axis", () => {
  it.each([
    [0, [0, 1]],
    [1, [0, 1]],
    [3, [0, 1, 2, 3]],
    [7, [0, 2, 4, 6, 8]],
    [100, [0, 20, 40, 60, 80, 100]],
    [921, [0, 200, 400, 600, 800, 1000]],
  ])("up to %i has the ticks %j", (max, ticks) => expect(countTicks(max)).toEqual(ticks));

  it("always reaches the highest count, in few whole steps", () => {
    for (let max = 1; max < 5_000_000; max = Math.ceil(max * 1.37)) {
      const ticks = countTicks(max);
      expect(ticks.at(-1)).toBeGreaterThanOrEqual(max);
      expect(ticks.length).toBeLessThanOrEqual(6);
      expect(ticks.every(Number.isInteger)).toBe(true);
    }
  });
});

describe("labels", () => {
  it("are thinned out until they fit", () => {
    expect(labelStep(7, 700, 60)).toBe(1);
    expect(labelStep(90, 700, 60)).toBe(8);
    expect(labelStep(90, 0, 60)).toBe(90);
  });
});

it("the rounded top of a column never reaches below its foot", () => {
  expect(columnPath(0, 98, 10, 2, 4)).toBe("M0 100V100Q0 98 2 98H8Q10 98 10 100V100Z");
});
