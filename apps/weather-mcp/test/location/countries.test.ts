import { describe, expect, test } from "vitest";
import { countryCodeOf, countryName } from "../../src/location/countries.ts";
import { isUnitedStates, isUsZone, REGIONS } from "../../src/location/regions.ts";

describe("countries", () => {
  test("every country is known by its code, its three letters and its English name", () => {
    const known: [string, string, string][] = [
      ["US", "USA", "United States"],
      ["GB", "GBR", "United Kingdom"],
      ["DE", "DEU", "Germany"],
      ["BA", "BIH", "Bosnia and Herzegovina"],
      ["CZ", "CZE", "Czechia"],
      ["WS", "WSM", "Samoa"],
      ["ZA", "ZAF", "South Africa"],
    ];
    for (const [code, three, name] of known) {
      expect([code, three, name].map(countryCodeOf)).toEqual([code, code, code]);
    }
  });

  test("accents, dots and habits do not matter", () => {
    expect(["U.S.A.", "us", "America", "Türkiye", "turkey", "Holland"].map(countryCodeOf)).toEqual([
      "US",
      "US",
      "US",
      "TR",
      "TR",
      "NL",
    ]);
  });

  test("what is no country is none", () => {
    expect(["Bavaria", "zz", "", "Springfield"].map(countryCodeOf)).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });

  test("a code without a name stays a code", () => {
    expect(countryName("FR")).toBe("France");
    expect(countryName("QX")).toBe("QX");
  });
});

describe("the United States", () => {
  test("fifty states and the capital", () => {
    expect(REGIONS.filter(({ countryCode }) => countryCode === "US")).toHaveLength(51);
    expect(REGIONS.filter(({ countryCode }) => countryCode === "CA")).toHaveLength(13);
  });

  test("territories belong to it; neighbours do not", () => {
    expect(["US", "PR", "GU", "VI", "AS", "MP"].every(isUnitedStates)).toBe(true);
    expect(["CA", "MX", "WS", null].some(isUnitedStates)).toBe(false);
    expect(["America/New_York", "America/Indiana/Knox", "Pacific/Guam"].every(isUsZone)).toBe(true);
    expect(["America/Toronto", "America/Tijuana", "America/Vancouver", "Pacific/Apia"].some(isUsZone)).toBe(false);
  });
});
