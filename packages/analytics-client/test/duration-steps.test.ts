import { expect, test } from "vitest";
import { durationStepMs } from "../src/duration-steps.ts";

test.each([
  [0, 1],
  [0.4, 1],
  [1, 1],
  [1.01, 2],
  [3, 5],
  [7, 10],
  [101, 200],
  [4_999, 5_000],
  [86_400_000, 86_400_000],
  [1e12, 86_400_000],
])("a duration of %d ms is sent as %d", (measured, sent) => {
  expect(durationStepMs(measured)).toBe(sent);
});
