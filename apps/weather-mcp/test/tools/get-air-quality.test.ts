import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { dominantPollutant, usAqiCategory } from "../../src/air/us-aqi.ts";
import { openSession, type WeatherSession } from "../support/weather-session.ts";

let session: WeatherSession;
beforeAll(async () => {
  session = await openSession();
});
afterAll(() => session.close());

describe("get_air_quality", () => {
  test("an index that is not known is null and has no category: it is not good air", async () => {
    const answer = await session.ok("get_air_quality", { location: "Apia" });
    expect(answer.current.us_aqi).toBeNull();
    expect(answer).toMatchObject({
      us_aqi_category: null,
      summary_text: "The US air quality index is not known here.",
    });
    expect(usAqiCategory(null)).toBeNull();
    expect(dominantPollutant(() => null)).toBeNull();
  });

  test("categories change where the index says", () => {
    expect([0, 50, 51, 150, 151, 201, 400].map((index) => usAqiCategory(index))).toEqual([
      "Good",
      "Good",
      "Moderate",
      "Unhealthy for sensitive groups",
      "Unhealthy",
      "Very unhealthy",
      "Hazardous",
    ]);
  });

  test("pollen is told in Europe and left out elsewhere", async () => {
    expect((await session.ok("get_air_quality", { location: "Berlin" })).current).toHaveProperty("grass_pollen", 12);
    expect((await session.ok("get_air_quality", { location: "Sydney" })).current).not.toHaveProperty("grass_pollen");
  });

  test("hours ahead begin with the current one, in local time", async () => {
    const answer = await session.ok("get_air_quality", { location: "Kathmandu", hours: 3 });
    expect(answer.hourly.rows.map(([time]: [string]) => time)).toEqual([
      "2026-07-16T01:45+05:45",
      "2026-07-16T02:45+05:45",
      "2026-07-16T03:45+05:45",
    ]);
  });

  test("without hours there is no table", async () => {
    const answer = await session.ok("get_air_quality", { location: "Berlin" });
    expect(answer.hourly.rows).toEqual([]);
    expect(answer.dominant_pollutant).toBe("pm2_5");
  });
});
