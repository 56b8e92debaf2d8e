import { expect, test } from "vitest";
import { judge } from "../../src/figures/targets.ts";

test("a target is met at its bound and missed beyond it, in its own direction", () => {
  expect(judge({ singleVsBare: 0.55, p99VsBareC32: 3 })).toMatchObject({
    singleVsBare: { must: ">= 0.55", met: true, aimMet: false },
    p99VsBareC32: { must: "<= 3", met: true, aimMet: false },
  });
  expect(judge({ singleVsBare: 0.549, p99VsBareC32: 3.01 })).toMatchObject({
    singleVsBare: { met: false },
    p99VsBareC32: { met: false },
  });
});

test("a verdict holds the figure itself, not its rounding, against the bound", () => {
  expect(judge({ singleVsBare: 0.5499 }).singleVsBare).toMatchObject({ value: 0.55, met: false });
});

test("a figure that could not be taken is missed", () => {
  expect(judge({ singleVsNaive: Number.NaN }).singleVsNaive?.met).toBe(false);
});
