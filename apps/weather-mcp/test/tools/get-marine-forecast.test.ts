import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { errorMeta, openSession, type WeatherSession } from "../support/weather-session.ts";

let session: WeatherSession;
beforeAll(async () => {
  session = await openSession();
});
afterAll(() => session.close());

const SEA = { latitude: 40, longitude: -70 };

describe("get_marine_forecast", () => {
  test("the sea point of the model is told with its distance", async () => {
    const answer = await session.ok("get_marine_forecast", { ...SEA, days: 2 });
    expect(answer.sea_point).toEqual({ latitude: 40.08, longitude: -69.92, distance_km: 11.2 });
    expect(answer.table.rows).toHaveLength(2);
    expect(answer.attribution).toContain("not for navigation");
  });

  test("hours are given for every day that was asked for", async () => {
    const answer = await session.ok("get_marine_forecast", {
      ...SEA,
      days: 2,
      granularity: "hourly",
      units: "imperial",
    });
    expect(answer.total_available).toBe(48);
    expect(answer.units).toMatchObject({ wave_height: "ft", sea_surface_temperature: "°F" });
  });

  test("a place far from any sea is NOT_FOUND", async () => {
    expect(errorMeta(await session.call("get_marine_forecast", { location: "Denver, CO" }))).toMatchObject({
      category: "NOT_FOUND",
      reason: "not_covered",
    });
  });

  test("values past the horizon of the model stay null", async () => {
    const hours = Array.from({ length: 216 }, (_, index) => Date.parse("2026-07-15T00:00Z") / 1_000 + index * 3_600);
    const undo = session.upstream.respond("open-meteo-marine", {
      latitude: 41,
      longitude: -71,
      utc_offset_seconds: 0,
      timezone: "GMT",
      hourly_units: { wave_height: "m" },
      hourly: { time: hours, wave_height: hours.map((_, index) => (index < 30 ? 1.5 : null)) },
    });
    const answer = await session.ok("get_marine_forecast", {
      latitude: 41,
      longitude: -71,
      days: 3,
      granularity: "hourly",
      units: "metric",
    });
    expect(answer.table.rows[0][1]).toBe(1.5);
    expect(answer.table.rows.at(-1)[1]).toBeNull();
    undo();
  });
});
