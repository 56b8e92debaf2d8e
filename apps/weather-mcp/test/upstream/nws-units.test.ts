import { describe, expect, test } from "vitest";
import { parseCompass, parseWindKmh, quantity } from "../../src/upstream/nws-units.ts";

describe("measures of the National Weather Service", () => {
  test("the unit that is named decides, whatever it was before", () => {
    expect(quantity({ unitCode: "wmoUnit:km_h-1", value: 36 }, "speed")).toBe(36);
    expect(quantity({ unitCode: "unit:m_s-1", value: 10 }, "speed")).toBe(36);
    expect(quantity({ unitCode: "wmoUnit:mm", value: 2.5 }, "depth")).toBe(2.5);
    expect(quantity({ unitCode: "wmoUnit:m", value: 0.0025 }, "depth")).toBe(2.5);
    expect(quantity({ unitCode: "wmoUnit:degF", value: 50 }, "temperature")).toBe(10);
    expect(quantity({ unitCode: "wmoUnit:Pa", value: 101_320 }, "pressure")).toBe(1_013.2);
  });

  test("what is missing or in an unknown unit is null, never 0", () => {
    expect(quantity({ unitCode: "wmoUnit:degC", value: null }, "temperature")).toBeNull();
    expect(quantity({ unitCode: "wmoUnit:furlong", value: 3 }, "length")).toBeNull();
    expect(quantity(undefined, "speed")).toBeNull();
    expect(quantity({}, "speed")).toBeNull();
  });

  test("what the service's own checks rejected is null, what they only doubt is not", () => {
    const marked = (qualityControl: string) =>
      quantity({ unitCode: "wmoUnit:degC", value: 61, qualityControl }, "temperature");
    expect(["X", "B"].map(marked)).toEqual([null, null]);
    expect(["V", "C", "S", "Z", "Q", "G"].map(marked)).toEqual([61, 61, 61, 61, 61, 61]);
  });

  test("winds in words are read", () => {
    const mph = 1.609344;
    expect(parseWindKmh("14 mph")).toEqual({ min: 14 * mph, max: 14 * mph });
    expect(parseWindKmh("2 to 13 mph")).toEqual({ min: 2 * mph, max: 13 * mph });
    expect(parseWindKmh("16 km/h")).toEqual({ min: 16, max: 16 });
    expect(parseWindKmh("Calm")).toEqual({ min: 0, max: 0 });
    expect(parseWindKmh("")).toEqual({ min: null, max: null });
    expect(parseWindKmh("strong")).toEqual({ min: null, max: null });
  });

  test("winds as measures are read, single or as a range", () => {
    expect(parseWindKmh({ unitCode: "wmoUnit:km_h-1", value: 20 })).toEqual({ min: 20, max: 20 });
    expect(parseWindKmh({ unitCode: "wmoUnit:km_h-1", minValue: 5, maxValue: 20 })).toEqual({ min: 5, max: 20 });
  });

  test("compass points are degrees", () => {
    expect(["N", "ENE", "NNW", "?", null].map(parseCompass)).toEqual([0, 67.5, 337.5, null, null]);
  });
});
