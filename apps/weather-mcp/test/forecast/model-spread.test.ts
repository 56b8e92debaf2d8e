import { expect, test } from "vitest";
import { agreementOf } from "../../src/forecast/model-spread.ts";

const day = (highs: (number | null)[], rain: (number | null)[]) => ({
  date: "2026-07-15",
  models: highs.map((highC, index) => ({ highC, lowC: null, rainMm: rain[index] ?? null })),
});

test("agreement is told by the spread of the highs and by who has rain", () => {
  expect(agreementOf(day([20, 21, 22], [0, 0, 0]))).toBe("good");
  expect(agreementOf(day([20, 21, 22], [0, 5, 0]))).toBe("fair");
  expect(agreementOf(day([20, 21, 23], [0, 0, 0]))).toBe("fair");
  expect(agreementOf(day([20, 21, 24], [0, 5, 0]))).toBe("poor");
  expect(agreementOf(day([20, 21, 26], [0, 0, 0]))).toBe("poor");
  expect(agreementOf(day([20, null, null], [0, null, null]))).toBe("unknown");
});
