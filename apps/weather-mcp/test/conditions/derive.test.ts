import { describe, expect, test } from "vitest";
import { feelsLikeFrom, humidityFrom } from "../../src/conditions/derive.ts";
import { conditionOf } from "../../src/conditions/wmo-codes.ts";

const toC = (f: number) => ((f - 32) * 5) / 9;
const toF = (c: number) => (c * 9) / 5 + 32;

describe("derived measures", () => {
  test("humidity agrees with published pairs", () => {
    expect(humidityFrom(25, 25)).toBeCloseTo(100, 5);
    expect(humidityFrom(25, 15)).toBeCloseTo(53.8, 0);
    expect(humidityFrom(0, -10)).toBeCloseTo(46.9, 0);
  });

  test("wind chill agrees with the published chart", () => {
    // 30 °F with 15 mph feels like 19 °F, 0 °F with 30 mph like -26 °F.
    expect(Math.round(toF(feelsLikeFrom(toC(30), 15 * 1.609344, null)))).toBe(19);
    expect(Math.round(toF(feelsLikeFrom(toC(0), 30 * 1.609344, null)))).toBe(-26);
  });

  test("heat index agrees with the published chart", () => {
    // 90 °F at 70% feels like 106 °F, 100 °F at 40% like 109 °F.
    expect(Math.round(toF(feelsLikeFrom(toC(90), null, 70)))).toBe(106);
    expect(Math.round(toF(feelsLikeFrom(toC(100), null, 40)))).toBe(109);
  });

  test("in between it feels like what it is", () => {
    expect(feelsLikeFrom(18, 30, 60)).toBe(18);
    expect(feelsLikeFrom(5, null, 60)).toBe(5);
    expect(feelsLikeFrom(30, null, null)).toBe(30);
  });
});

describe("weather codes", () => {
  test("an unknown or missing code says nothing", () => {
    expect([0, 95, 42, null].map((code) => conditionOf(code))).toEqual(["Clear", "Thunderstorm", null, null]);
  });
});
