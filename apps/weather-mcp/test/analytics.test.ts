import { createTestAnalytics } from "@org/mcp-analytics-client/testing";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ANALYTICS_OPTIONS } from "../src/server.ts";
import { CDO_TOKEN } from "./fixture-upstream/index.ts";
import { openSession, type WeatherSession } from "./support/weather-session.ts";

const analytics = createTestAnalytics({ ...ANALYTICS_OPTIONS, level: "standard" });
let session: WeatherSession;
beforeEach(async () => {
  analytics.clear();
  session = await openSession({ analytics, env: { WEATHER_CACHE_BYTES: "0" } });
});
afterEach(() => session.close());

/** What was told of one call. */
async function told(name: string, args: Record<string, unknown>): Promise<string> {
  analytics.clear();
  await session.call(name, args);
  expect(analytics.events).toHaveLength(1);
  const [event] = analytics.events;
  return `${event?.tool} ${event?.success ? "ok" : event?.errorType}`;
}

const PARIS = { location: "Paris, FR" };
const CDO = { location: "Albany, NY", source: "noaa-cdo", start_date: "2026-01-01", end_date: "2026-01-02" };

describe("what analytics is told", () => {
  test("a call that works is told by the name of its tool", async () => {
    expect(await told("get_forecast", PARIS)).toBe("get_forecast ok");
    expect(await told("get_alerts", PARIS)).toBe("get_alerts ok");
  });

  test("a failure is told by the guide's category that stands in its text", async () => {
    expect(await told("get_forecast", { location: "Nowhereville" })).toBe("get_forecast NOT_FOUND");
    expect(await told("get_forecast", {})).toBe("get_forecast INVALID_INPUT");
    expect(await told("get_forecast", { ...PARIS, days: 99 })).toBe("get_forecast INVALID_INPUT");
    expect(await told("get_historical_weather", CDO)).toBe("get_historical_weather MISSING_TOKEN");
    session.upstream.fail("open-meteo/", { status: 429, body: { reason: "Hourly API request limit exceeded." } });
    expect(await told("get_forecast", PARIS)).toBe("get_forecast RATE_LIMIT");
  });

  test("an outage is UNKNOWN, a service that hangs is TIMEOUT", async () => {
    session.upstream.fail("open-meteo/", { status: 503 });
    expect(await told("get_forecast", PARIS)).toBe("get_forecast UNKNOWN");
    const slow = await openSession({
      analytics,
      env: { WEATHER_ATTEMPT_TIMEOUT_MS: "100", WEATHER_TIMEOUT_MS: "150" },
    });
    slow.upstream.fail("open-meteo/", "hang");
    analytics.clear();
    await slow.call("get_forecast", PARIS);
    expect(analytics.events[0]?.errorType).toBe("TIMEOUT");
    await slow.close();
  });

  test("nothing of what was asked or answered is in it", async () => {
    const secret = await openSession({ analytics, env: { NOAA_CDO_TOKEN: CDO_TOKEN } });
    await secret.call("get_historical_weather", CDO);
    await secret.call("get_forecast", { latitude: 42.6526, longitude: -73.7562 });
    await secret.call("get_forecast", { location: "My House, Secretville" });
    await secret.call("not_a_tool_secretville", {});
    const bytes = JSON.stringify(analytics.events);
    for (const word of ["Albany", "42.65", "73.75", "2026-01", "Secretville", "secretville", CDO_TOKEN, "USW"]) {
      expect(bytes).not.toContain(word);
    }
    expect(analytics.events.map(({ tool }) => tool)).toEqual([
      "get_historical_weather",
      "get_forecast",
      "get_forecast",
      "__unknown__",
    ]);
    await secret.close();
  });
});
