import { describe, expect, test } from "vitest";
import { decodeForecast, decodeGrid, decodeObservation, decodePoint } from "../../src/upstream/nws-decode.ts";

const period = (more: Record<string, unknown>) => ({
  properties: {
    updateTime: "2026-07-15T18:36:45+00:00",
    periods: [
      {
        name: "Tonight",
        startTime: "2026-07-15T18:00:00-04:00",
        endTime: "2026-07-16T06:00:00-04:00",
        isDaytime: false,
        temperature: 68,
        temperatureUnit: "F",
        probabilityOfPrecipitation: { unitCode: "wmoUnit:percent", value: null },
        windSpeed: "",
        windDirection: "",
        shortForecast: "Clear",
        detailedForecast: "",
        ...more,
      },
    ],
  },
});

describe("bodies of the National Weather Service", () => {
  test("temperatures are read as a number with a unit and as a measure", () => {
    expect(decodeForecast(period({})).periods[0]?.temperatureC).toBe(20);
    const measure = { unitCode: "wmoUnit:degC", value: 21 };
    expect(decodeForecast(period({ temperature: measure })).periods[0]?.temperatureC).toBe(21);
  });

  test("what the forecast does not say is null", () => {
    expect(decodeForecast(period({})).periods[0]).toMatchObject({
      precipProbabilityPct: null,
      windKmh: null,
      windDirectionDeg: null,
      detail: null,
    });
  });

  test("a point on the sea has no forecast grid", () => {
    expect(decodePoint({ properties: { type: "marine", gridId: null } })).toBeUndefined();
  });

  test("no observation, and one without a time, are none", () => {
    expect(decodeObservation({ features: [] })).toBeNull();
    expect(
      decodeObservation({ features: [{ properties: { timestamp: null, temperature: { value: null } } }] }),
    ).toBeNull();
  });

  test("snow of the grid is told in cm, rain in mm, in whichever unit they come", () => {
    const layer = (uom: string, value: number) => ({
      uom: `wmoUnit:${uom}`,
      values: [{ validTime: "2026-01-15T12:00:00+00:00/PT6H", value }],
    });
    const grid = decodeGrid({
      properties: { snowfallAmount: layer("mm", 50), quantitativePrecipitation: layer("m", 0.004) },
    });
    expect(grid.snowCm[0]?.value).toBe(5);
    expect(grid.rainMm[0]?.value).toBe(4);
    expect(grid.gustKmh).toEqual([]);
  });

  test("a body of another kind is refused, so that it is retried", () => {
    for (const body of [null, [], {}, { properties: {} }, "nan"]) expect(() => decodeForecast(body)).toThrow(TypeError);
  });
});
