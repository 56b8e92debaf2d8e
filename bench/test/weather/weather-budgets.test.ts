import { expect, test } from "vitest";
import { weatherResult, weatherText } from "../../src/weather/weather-budgets.ts";

const figures = {
  toolsListBytes: 8_192,
  toolsListWireBytes: 25_000,
  maxStructuredChars: 16_000,
  maxTextChars: 12_000,
  coldStartMs: 250,
  cachedP50Ms: 1.2,
  concurrentHits: 1,
};

test("a figure at its budget is met, one beyond it fails the run", () => {
  expect(weatherResult(figures).passed).toBe(true);
  const result = weatherResult({ ...figures, toolsListBytes: 8_193 });
  expect(result).toMatchObject({
    passed: false,
    must: { toolsListBytes: { met: false }, maxTextChars: { met: true } },
  });
  expect(weatherText(result)).toContain("MISSED");
});
