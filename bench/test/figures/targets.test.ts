import { expect, test } from "vitest";
import { judge } from "../../src/figures/targets.ts";

test("a target is met at its bound and missed beyond it, in its own direction", () => {
  expect(judge({ singleVsBare: 0.5, p99VsBareC32: 3.5 })).toMatchObject({
    singleVsBare: { must: ">= 0.5", met: true, aimMet: false },
    p99VsBareC32: { must: "<= 3.5", met: true, aimMet: false },
  });
  expect(judge({ singleVsBare: 0.499, p99VsBareC32: 3.51 })).toMatchObject({
    singleVsBare: { met: false },
    p99VsBareC32: { met: false },
  });
});

test("a verdict holds the figure itself, not its rounding, against the bound", () => {
  expect(judge({ singleVsBare: 0.4999 }).singleVsBare).toMatchObject({ value: 0.5, met: false });
});

test("a figure that could not be taken is missed", () => {
  expect(judge({ singleVsBare: Number.NaN }).singleVsBare?.met).toBe(false);
});

test("a figure without a target is not judged", () => {
  expect(judge({ bareVsNaive: 20, toString: 1 })).toEqual({});
});
