import { describe, expect, test } from "vitest";
import { nwsDailyRows } from "../../src/forecast/nws-daily.ts";
import type { GridData, NwsPeriod } from "../../src/upstream/nws-decode.ts";

const ZONE = "America/New_York";
const NOW = Date.parse("2026-07-15T20:10:00Z");
const period = (start: string, end: string, isDaytime: boolean, temperatureC: number, name = ""): NwsPeriod => ({
  name,
  startMs: Date.parse(start),
  endMs: Date.parse(end),
  isDaytime,
  temperatureC,
  dewpointC: null,
  humidityPct: null,
  precipProbabilityPct: null,
  windKmh: 5,
  windMaxKmh: 20,
  windDirectionDeg: 315,
  condition: isDaytime ? "Sunny" : "Clear",
  detail: null,
});
const forecast = (...periods: NwsPeriod[]) => ({ issuedAt: null, elevationM: null, periods });
const rows = (...periods: NwsPeriod[]) => nwsDailyRows(forecast(...periods), null, ZONE, NOW);

describe("days out of half-days", () => {
  test("a day is its daytime and the night after it", () => {
    const [day] = rows(
      period("2026-07-16T06:00:00-04:00", "2026-07-16T18:00:00-04:00", true, 29),
      period("2026-07-16T18:00:00-04:00", "2026-07-17T06:00:00-04:00", false, 17),
    );
    expect(day).toMatchObject({
      date: "2026-07-16",
      highC: 29,
      lowC: 17,
      condition: "Sunny",
      precipProbabilityPct: null,
    });
  });

  test("a lone tonight has no high", () => {
    const [day] = rows(period("2026-07-15T18:00:00-04:00", "2026-07-16T06:00:00-04:00", false, 19, "Tonight"));
    expect(day).toMatchObject({ date: "2026-07-15", highC: null, lowC: 19, detail: "Tonight: Clear" });
  });

  test("periods that have ended are left out", () => {
    expect(rows(period("2026-07-15T06:00:00-04:00", "2026-07-15T16:00:00-04:00", true, 40))).toEqual([]);
  });

  test("the night before is not taken for the low of the day", () => {
    const [day] = nwsDailyRows(
      forecast(
        period("2026-07-16T02:00:00-04:00", "2026-07-16T06:00:00-04:00", false, 10, "Overnight"),
        period("2026-07-16T06:00:00-04:00", "2026-07-16T18:00:00-04:00", true, 29),
        period("2026-07-16T18:00:00-04:00", "2026-07-17T06:00:00-04:00", false, 17, "Tonight"),
      ),
      null,
      ZONE,
      Date.parse("2026-07-16T06:30:00Z"),
    );
    expect(day).toMatchObject({ date: "2026-07-16", highC: 29, lowC: 17 });
  });

  test("dates are local, also where UTC is already at the next day", () => {
    const night = period("2026-07-15T22:00:00-04:00", "2026-07-16T06:00:00-04:00", false, 19);
    expect(rows(night)[0]?.date).toBe("2026-07-15");
  });
});

describe("amounts of the raw grid", () => {
  const grid = (rainMm: GridData["rainMm"]): GridData => ({
    rainMm,
    snowCm: [],
    gustKmh: [
      { startMs: Date.parse("2026-07-16T12:00:00-04:00"), endMs: Date.parse("2026-07-16T14:00:00-04:00"), value: 42 },
    ],
    feelsLikeC: [],
    cloudCoverPct: [],
  });
  const span = (start: string, end: string, value: number) => ({
    startMs: Date.parse(start),
    endMs: Date.parse(end),
    value,
  });
  const day = period("2026-07-16T06:00:00-04:00", "2026-07-16T18:00:00-04:00", true, 29);

  test("rain of a span that reaches over midnight is shared between its days", () => {
    const layers = [
      span("2026-07-15T21:00:00-04:00", "2026-07-16T03:00:00-04:00", 6),
      span("2026-07-16T03:00:00-04:00", "2026-07-17T00:00:00-04:00", 1),
    ];
    const [row] = nwsDailyRows(forecast(day), grid(layers), ZONE, NOW);
    expect(row?.rainMm).toBeCloseTo(4, 10);
    expect(row?.gustKmh).toBe(42);
  });

  test("where the grid does not reach over the whole day the amount is null, not a part of it", () => {
    const layers = [span("2026-07-16T00:00:00-04:00", "2026-07-16T12:00:00-04:00", 6)];
    expect(nwsDailyRows(forecast(day), grid(layers), ZONE, NOW)[0]).toMatchObject({ rainMm: null, snowCm: null });
  });
});
