import { expect, test } from "vitest";
import { rounded, spreadOf } from "../../src/figures/spread.ts";

test("the median is the middle of the sorted numbers, whatever their order", () => {
  expect(spreadOf([9, 1, 5])).toEqual({ median: 5, min: 1, max: 9 });
  expect(spreadOf([4, 10, 2, 100])).toEqual({ median: 7, min: 2, max: 100 });
  expect(spreadOf([3])).toEqual({ median: 3, min: 3, max: 3 });
});

test("figures claim three significant digits", () => {
  expect([rounded(0.123456), rounded(98765), rounded(2)]).toEqual([0.123, 98800, 2]);
});
