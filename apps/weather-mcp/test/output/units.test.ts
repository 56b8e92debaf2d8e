import { describe, expect, test } from "vitest";
import { rangeText, show, unitOf } from "../../src/output/units.ts";

describe("units", () => {
  test("measures are converted and rounded once", () => {
    expect(show("temperature", 29.44, "imperial")).toBe(85);
    expect(show("temperature", 29.44, "metric")).toBe(29.4);
    expect(show("speed", 22.530816, "imperial")).toBe(14);
    expect(show("precipitation", 2.54, "imperial")).toBe(0.1);
    expect(show("pressure", 1_013.25, "imperial")).toBe(29.92);
    expect(show("wave_height", 1, "imperial")).toBe(3.3);
  });

  test("a range of one value is that value", () => {
    expect([rangeText([43, 39, 41], "°F"), rangeText([5.5, 5.5], "°C")]).toEqual(["39 to 43 °F", "5.5 °C"]);
  });

  test("snow is told in cm or inches, not in mm", () => {
    expect([show("snow", 5.2, "metric"), unitOf("snow", "metric")]).toEqual([5.2, "cm"]);
    expect([show("snow", 5.08, "imperial"), unitOf("snow", "imperial")]).toEqual([2, "in"]);
  });

  test("null stays null and is never 0; zero is never minus zero", () => {
    expect(show("temperature", null, "imperial")).toBeNull();
    expect(show("precipitation", undefined, "metric")).toBeNull();
    expect(Object.is(show("temperature", -0.04, "metric"), 0)).toBe(true);
  });
});
