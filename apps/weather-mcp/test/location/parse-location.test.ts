import { describe, expect, test } from "vitest";
import type { WeatherError } from "../../src/errors/weather-error.ts";
import { type ParsedLocation, parseLocation } from "../../src/location/parse-location.ts";

const readings = (text: string) => {
  const parsed = parseLocation(text);
  if (parsed.kind !== "name") throw new Error("not a name");
  return parsed.queries.map(({ name, readings: list }) => [
    name,
    ...list.map((r) => `${r.countryCode}/${r.admin1 ?? "*"}`),
  ]);
};
const refusal = (text: string) => {
  try {
    parseLocation(text);
  } catch (error) {
    return error as WeatherError;
  }
  throw new Error("it was accepted");
};

describe("parseLocation", () => {
  test.each([
    ["48.85,2.35", 48.85, 2.35],
    ["48.85, 2.35", 48.85, 2.35],
    ["-33.8678 151.2073", -33.8678, 151.2073],
    ["(40.7128; -74.006)", 40.7128, -74.006],
    ["40.7128°N, 74.006°W", 40.7128, -74.006],
    ["33.87 S, 151.2 E", -33.87, 151.2],
    ["40.712776,-74.005974", 40.7128, -74.006],
  ])("%s are coordinates, rounded to four decimals", (text, latitude, longitude) => {
    expect(parseLocation(text)).toEqual({ kind: "coordinates", latitude, longitude } satisfies ParsedLocation);
  });

  test("a swapped pair is refused with the pair that was meant", () => {
    const error = refusal("151.2,-33.87");
    expect(error.category).toBe("INVALID_INPUT");
    expect(error.hint).toContain('"-33.87,151.2"');
  });

  test("coordinates that are on no map are refused", () => {
    expect(refusal("95,200").category).toBe("INVALID_INPUT");
    expect(refusal("12,181").category).toBe("INVALID_INPUT");
  });

  test("five digits are a ZIP code, with or without the four after it", () => {
    expect(parseLocation("10001")).toEqual({ kind: "zip", zip: "10001" });
    expect(parseLocation("10001-1234")).toEqual({ kind: "zip", zip: "10001" });
  });

  test("what follows a comma is a state, a province or a country", () => {
    expect(readings("Austin, TX")).toEqual([["Austin", "US/Texas"]]);
    expect(readings("Austin, texas")).toEqual([["Austin", "US/Texas"]]);
    expect(readings("Paris, FR")).toEqual([["Paris", "FR/*"]]);
    expect(readings("Paris, fra")).toEqual([["Paris", "FR/*"]]);
    expect(readings("Paris, France")).toEqual([["Paris", "FR/*"]]);
    expect(readings("Toronto, ON")).toEqual([["Toronto", "CA/Ontario"]]);
    expect(readings("Chicago, USA")).toEqual([["Chicago", "US/*"]]);
    expect(readings("Dubai, UAE")).toEqual([["Dubai", "AE/*"]]);
    expect(readings("London, England")).toEqual([["London", "GB/England"]]);
    expect(readings("Abidjan, Côte d'Ivoire")).toEqual([["Abidjan", "CI/*"]]);
  });

  test("a code that means two things is read both ways", () => {
    expect(readings("Berlin, DE")).toEqual([["Berlin", "US/Delaware", "DE/*"]]);
    expect(readings("Perth, WA")).toEqual([["Perth", "US/Washington", "AU/Western Australia"]]);
    expect(readings("London, CA")).toEqual([["London", "US/California", "CA/*"]]);
  });

  test("a region and a country together leave one reading", () => {
    expect(readings("Perth, WA, Australia")).toEqual([["Perth", "AU/Western Australia"]]);
    expect(readings("Springfield, IL, US")).toEqual([["Springfield", "US/Illinois"]]);
    expect(readings("Munich, Bavaria, Germany")).toEqual([["Munich", "DE/Bavaria"]]);
  });

  test("without a comma the whole is tried first, then its end as a region", () => {
    expect(readings("austin tx")).toEqual([["austin tx"], ["austin", "US/Texas"]]);
    expect(readings("Austin TX")).toEqual([["Austin TX"], ["Austin", "US/Texas"]]);
    expect(readings("Sydney New South Wales")).toEqual([
      ["Sydney New South Wales"],
      ["Sydney", "AU/New South Wales"],
      ["Sydney New South", "GB/Wales"],
    ]);
    expect(readings("Port of Spain")[0]).toEqual(["Port of Spain"]);
    expect(readings("Las Vegas")).toEqual([["Las Vegas"]]);
  });

  test("a text without a name is refused", () => {
    expect(refusal("???").category).toBe("INVALID_INPUT");
  });
});
