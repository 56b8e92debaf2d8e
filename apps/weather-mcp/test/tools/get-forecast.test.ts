import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openSession, textOf, type WeatherSession } from "../support/weather-session.ts";

let session: WeatherSession;
beforeAll(async () => {
  session = await openSession();
});
afterAll(() => session.close());

describe("get_forecast", () => {
  test("a place in the United States is served by the National Weather Service", async () => {
    const answer = await session.ok("get_forecast", { location: "Albany, NY" });
    expect(answer).toMatchObject({ source: "nws", fallback_from: null, stale: false, granularity: "daily" });
    expect(answer.units.temperature_high).toBe("°F");
    expect(answer.periods).toHaveLength(7);
    expect(answer.periods[0].date).toBe("2026-07-15");
  });

  test("a place elsewhere is served by Open-Meteo in metric units", async () => {
    const answer = await session.ok("get_forecast", { location: "Paris, FR", days: 3 });
    expect(answer).toMatchObject({ source: "open-meteo", fallback_from: null });
    expect(answer.units.temperature_high).toBe("°C");
    expect(answer.location.timezone).toBe("Europe/Paris");
  });

  test("days beyond the reach of the National Weather Service come from Open-Meteo and say so", async () => {
    const answer = await session.ok("get_forecast", { location: "Albany, NY", days: 16 });
    expect(answer.source).toBe("nws+open-meteo");
    expect(answer.periods).toHaveLength(16);
    expect(answer.periods[0].source).toBe("nws");
    expect(answer.periods[15].source).toBe("open-meteo");
  });

  test("the text carries the same numbers as the structured content", async () => {
    const result = await session.call("get_forecast", { location: "Austin, TX", days: 2 });
    const { periods } = result.structuredContent as { periods: Record<string, unknown>[] };
    for (const period of periods) {
      for (const [field, value] of Object.entries(period)) {
        if (typeof value === "number") expect(textOf(result)).toContain(`${field} ${value}`);
      }
    }
  });
});
