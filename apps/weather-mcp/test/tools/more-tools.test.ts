import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { errorMeta, openSession, type WeatherSession } from "../support/weather-session.ts";

let session: WeatherSession;
beforeAll(async () => {
  session = await openSession({ env: { WEATHER_TOOLS: "all" } });
});
afterAll(() => session.close());

describe("the tools behind WEATHER_TOOLS=all", () => {
  test("they are not there by default", async () => {
    const plain = await openSession();
    const names = async ({ client }: WeatherSession) => (await client.listTools()).tools.map(({ name }) => name);
    expect(await names(plain)).toHaveLength(8);
    expect((await names(session)).slice(8)).toEqual(["find_stations", "get_forecast_discussion", "compare_models"]);
    await plain.close();
  });

  test("find_stations gives the ids that get_historical_weather takes, nearest first", async () => {
    const { table } = await session.ok("find_stations", { location: "Albany, NY", limit: 3 });
    expect(table.rows).toHaveLength(3);
    const distances = table.rows.map((row: unknown[]) => row[table.columns.indexOf("distance_km")]);
    expect([...distances].sort((a, b) => a - b)).toEqual(distances);
    const dates = { start_date: "2026-01-01", end_date: "2026-01-02" };
    const history = await session.ok("get_historical_weather", {
      location: "Albany, NY",
      station_id: table.rows[0][0],
      ...dates,
    });
    expect(history.station.id).toBe(table.rows[0][0]);
  });

  test("get_forecast_discussion gives the office's words by section, and none abroad", async () => {
    const answer = await session.ok("get_forecast_discussion", { location: "Albany, NY" });
    expect(answer.sections.map(({ title }: { title: string }) => title)).toEqual([
      "KEY MESSAGES",
      "SHORT TERM",
      "LONG TERM",
      "AVIATION",
    ]);
    expect(answer.issued_at).toBe("2026-07-15T13:10-04:00");
    expect(errorMeta(await session.call("get_forecast_discussion", { location: "Paris, FR" }))).toMatchObject({
      category: "NOT_FOUND",
    });
  });

  test("compare_models takes one request for all models", async () => {
    const answer = await session.ok("compare_models", { location: "Paris, FR", days: 7 });
    expect(answer.table.rows).toHaveLength(7);
    expect(answer.table.columns).toContain("high_ecmwf");
    expect(session.upstream.requests.filter((path) => path.includes("models="))).toHaveLength(1);
  });
});
