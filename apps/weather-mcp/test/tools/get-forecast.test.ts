import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { addDays, eachDate } from "../../src/time/calendar.ts";
import { pauselessClock } from "../support/manual-clock.ts";
import { errorMeta, openSession, textOf, type WeatherSession } from "../support/weather-session.ts";

let session: WeatherSession;
beforeAll(async () => {
  session = await openSession({ env: { WEATHER_CACHE_BYTES: "0" } });
});
afterAll(() => session.close());
beforeEach(() => session.upstream.reset());

const forecast = (args: Record<string, unknown>) => session.ok("get_forecast", args);

describe("get_forecast, daily", () => {
  test("the United States are served by the National Weather Service, in their own units", async () => {
    const answer = await forecast({ location: "Albany, NY" });
    expect(answer).toMatchObject({ source: "nws", fallback_from: null, stale: false, granularity: "daily" });
    expect(answer.issued_at).toBe("2026-07-15T14:40-04:00");
    expect(answer.age_minutes).toBe(90);
    expect(answer.units.temperature_high).toBe("°F");
    expect(answer.periods.map(({ date }: { date: string }) => date)).toEqual(
      ["15", "16", "17", "18", "19", "20", "21"].map((day) => `2026-07-${day}`),
    );
  });

  test("amounts and gusts of the raw grid are part of it", async () => {
    const { periods, units } = await forecast({ location: "Albany, NY" });
    expect(units).toMatchObject({ precip_amount: "in", snow_amount: "in", wind_gust: "mph" });
    expect(periods[1].precip_amount).toBeTypeOf("number");
    expect(periods[1].wind_gust).toBeGreaterThan(0);
  });

  test("without the raw grid the forecast still comes, and says what is missing", async () => {
    session.upstream.fail("nws/gridpoints/FIX/0,7$", { status: 500 });
    const answer = await forecast({ location: "Albany, NY" });
    expect(answer).toMatchObject({ source: "nws", fallback_from: null });
    expect(answer.warnings).toEqual(["Rain and snow amounts and gusts could not be fetched."]);
    expect(answer.periods[1]).not.toHaveProperty("precip_amount");
    expect(session.upstream.hits("nws/gridpoints/FIX/0,7")).toBe(4);
  });

  test("elsewhere it is Open-Meteo, metric, with sun times in local time", async () => {
    const answer = await forecast({ location: "New Delhi", days: 2 });
    expect(answer).toMatchObject({ source: "open-meteo", fallback_from: null, active_alerts: null });
    expect(answer.units.temperature_high).toBe("°C");
    // The fixture's sun rises half past six.
    expect(answer.periods[0].sunrise).toBe("2026-07-16T06:30+05:30");
    expect(answer.periods[0].start).toBe("2026-07-16T00:00+05:30");
    expect(session.upstream.hits("nws")).toBe(0);
  });

  test("snow is the centimetres that Open-Meteo sends, not its millimetres of rain", async () => {
    const day = Date.UTC(2026, 6, 15) / 1_000;
    session.upstream.respond("open-meteo/v1/forecast", {
      latitude: 48.85,
      longitude: 2.35,
      timezone: "GMT",
      utc_offset_seconds: 7_200,
      daily_units: { snowfall_sum: "cm", precipitation_sum: "mm" },
      daily: { time: [day - 7_200], temperature_2m_max: [-3], snowfall_sum: [5.2], precipitation_sum: [7.4] },
    });
    const { periods, units } = await forecast({ location: "Paris, FR", days: 1 });
    expect(periods[0]).toMatchObject({ date: "2026-07-15", snow_amount: 5.2, precip_amount: 7.4 });
    expect(units).toMatchObject({ snow_amount: "cm", precip_amount: "mm" });
  });

  test.each([
    ["2026-03-07T17:00:00Z", "2026-03-08", "-05:00", "-04:00", "nws"],
    ["2026-03-07T17:00:00Z", "2026-03-08", "-05:00", "-04:00", "open-meteo"],
    ["2026-10-31T17:00:00Z", "2026-11-01", "-04:00", "-05:00", "nws"],
    ["2026-10-31T17:00:00Z", "2026-11-01", "-04:00", "-05:00", "open-meteo"],
  ])(
    "asked on %s, the day on which clocks change (%s) begins at %s and ends at %s (%s)",
    async (now, date, before, after, source) => {
      const fresh = await openSession({ clock: pauselessClock(now) });
      const { periods } = await fresh.ok("get_forecast", { location: "Albany, NY", days: 4, source });
      const first = now.slice(0, 10);
      expect(periods.map((period: { date: string }) => period.date)).toEqual(eachDate(first, addDays(first, 3)));
      expect(periods[1].start).toBe(`${date}T00:00${before}`);
      expect(periods[1].end).toBe(`${addDays(date, 1)}T00:00${after}`);
      const hourly = { location: "Albany, NY", granularity: "hourly", hours: 48, source };
      const { hourly: table } = await fresh.ok("get_forecast", hourly);
      const hours = table.rows.filter(([time]: [string]) => time.startsWith(date)).length;
      expect(hours).toBe(before === "-05:00" ? 23 : 25);
      await fresh.close();
    },
  );

  test("16 days are 16 days: those past the reach of one source come from the other and say so", async () => {
    const answer = await forecast({ location: "Albany, NY", days: 16 });
    expect(answer.source).toBe("nws+open-meteo");
    expect(answer.periods).toHaveLength(16);
    const sources = answer.periods.map(({ source }: { source: string }) => source);
    expect([sources[0], sources[15]]).toEqual(["nws", "open-meteo"]);
    expect(answer.attribution).toContain("Open-Meteo.com");
    expect(answer.summary_text).toMatch(/^Wed 2026-07-15: .*Then to Thu 2026-07-30: highs \d+ to \d+ °F, lows /);
  });

  test("a source that was asked for and does not reach so far says so instead of clamping in silence", async () => {
    const answer = await forecast({ location: "Albany, NY", days: 16, source: "nws" });
    expect(answer.periods.length).toBeLessThan(9);
    expect(answer.warnings.join()).toContain(`Only ${answer.periods.length} of the 16 days`);
  });

  test("more days than any source has are refused, not clamped", async () => {
    const result = await session.call("get_forecast", { location: "Paris, FR", days: 17 });
    expect(result.isError).toBe(true);
    expect(session.upstream.hits()).toBe(0);
  });

  test("active alerts are counted and pointed at", async () => {
    const answer = await forecast({ location: "Austin, TX", days: 1 });
    expect(answer.active_alerts).toBe(3);
    expect(answer.warnings[0]).toContain("get_alerts");
  });

  test("alerts that could not be counted are unknown, not none", async () => {
    session.upstream.fail("nws/alerts", { status: 503 });
    const answer = await forecast({ location: "Austin, TX", days: 1 });
    expect(answer.active_alerts).toBeNull();
    expect(answer.warnings[0]).toContain("does not mean that there are none");
  });

  test("the text carries the same numbers as the structured content", async () => {
    const result = await session.call("get_forecast", { location: "Austin, TX", days: 3 });
    const { periods } = result.structuredContent as { periods: Record<string, unknown>[] };
    for (const period of periods) {
      for (const [field, value] of Object.entries(period)) {
        if (typeof value === "number") expect(textOf(result)).toContain(`${field} ${value}`);
      }
    }
  });
});

describe("get_forecast, when the National Weather Service fails", () => {
  test.each([
    ["errors", { status: 503 }],
    ["a blocking page", { status: 403, html: true }],
    ["a broken connection", "reset"],
    ["broken JSON", "cut-json"],
    ["an HTML page", "html-200"],
  ] as const)("%s lead to Open-Meteo, and the answer says so", async (_what, kind) => {
    const fresh = await openSession();
    fresh.upstream.fail("nws/gridpoints", kind);
    const answer = await fresh.ok("get_forecast", { location: "Albany, NY" });
    expect(answer).toMatchObject({ source: "open-meteo", fallback_from: "nws" });
    expect(answer.units.temperature_high).toBe("°F");
    expect(answer.warnings.join()).toContain("This is from Open-Meteo instead");
    await fresh.close();
  });

  test("a place of the United States that it does not cover is served by Open-Meteo", async () => {
    session.upstream.fail("nws/points", { status: 404, body: { type: "urn:noaa:nws:api:InvalidPoint" } });
    expect(await forecast({ location: "Albany, NY" })).toMatchObject({ source: "open-meteo", fallback_from: "nws" });
  });

  test("when it was asked for by name its failure is the answer", async () => {
    session.upstream.fail("nws/gridpoints", { status: 503 });
    const result = await session.call("get_forecast", { location: "Albany, NY", source: "nws" });
    expect(errorMeta(result)).toMatchObject({ category: "UNKNOWN", reason: "upstream_unavailable", upstream: "nws" });
    expect(errorMeta(await session.call("get_forecast", { location: "Paris, FR", source: "nws" }))).toMatchObject({
      category: "NOT_FOUND",
      reason: "not_covered",
    });
  });

  test("when both fail the error is that of the last, with a hint", async () => {
    session.upstream.fail("nws", { status: 503 });
    session.upstream.fail("open-meteo/", { status: 503 });
    const result = await session.call("get_forecast", { location: "Albany, NY" });
    expect(errorMeta(result)).toMatchObject({ category: "UNKNOWN", retryable: true, upstream: "open-meteo" });
    expect(textOf(result)).toMatch(/^UNKNOWN: .+\nTry: .+/);
  });

  test("a grid that has moved is looked up once more", async () => {
    const fresh = await openSession();
    await fresh.ok("get_forecast", { location: "Albany, NY", days: 1 });
    const gone = fresh.upstream.fail("nws/gridpoints", { status: 404 });
    fresh.upstream.respond("nws/points", {
      properties: { type: "land", gridId: "FIX", gridX: 1, gridY: 7, timeZone: "America/New_York" },
    });
    gone();
    fresh.upstream.fail("nws/gridpoints/FIX/0,7", { status: 404 });
    // The cell that is remembered is fresh in memory, but its hours have not been asked for.
    const answer = await fresh.ok("get_forecast", { location: "Albany, NY", granularity: "hourly", hours: 2 });
    expect(answer.source).toBe("nws");
    expect(fresh.upstream.hits("nws/gridpoints/FIX/1,7/forecast/hourly")).toBe(1);
    await fresh.close();
  });
});

describe("get_forecast, hourly", () => {
  test("hours begin with the current one and bear local times", async () => {
    const answer = await forecast({ location: "Albany, NY", granularity: "hourly", hours: 3 });
    expect(answer.hourly.rows.map(([time]: [string]) => time)).toEqual([
      "2026-07-15T16:00-04:00",
      "2026-07-15T17:00-04:00",
      "2026-07-15T18:00-04:00",
    ]);
    expect(answer).toMatchObject({ total_available: 3, truncated: false, next_offset: null });
  });

  test("in half-hour and quarter-hour zones too", async () => {
    const times = async (location: string) =>
      (await forecast({ location, granularity: "hourly", hours: 1 })).hourly.rows[0][0];
    expect(await times("New Delhi")).toBe("2026-07-16T01:30+05:30");
    expect(await times("Kathmandu")).toBe("2026-07-16T01:45+05:45");
  });

  test("a long series is cut by whole rows and goes on where it ended", async () => {
    const first = await forecast({ location: "Paris, FR", granularity: "hourly", hours: 168 });
    expect(first).toMatchObject({ total_available: 168, truncated: true });
    const second = await forecast({
      location: "Paris, FR",
      granularity: "hourly",
      hours: 168,
      offset: first.next_offset,
    });
    expect(second.next_offset).toBeNull();
    expect(first.hourly.rows.length + second.hourly.rows.length).toBe(168);
    const times = [...first.hourly.rows, ...second.hourly.rows].map(([time]) => time);
    expect(new Set(times).size).toBe(168);
  });
});
