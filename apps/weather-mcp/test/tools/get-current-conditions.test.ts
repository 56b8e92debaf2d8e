import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { errorMeta, openSession, type WeatherSession } from "../support/weather-session.ts";

let session: WeatherSession;
beforeEach(async () => {
  session = await openSession();
});
afterEach(() => session.close());

const now = (args: Record<string, unknown> = {}) =>
  session.ok("get_current_conditions", { location: "Albany, NY", ...args });
const measure = (unitCode: string, value: number | null) => ({ unitCode, value, qualityControl: "V" });
const observation = (more: Record<string, unknown>) => ({
  type: "FeatureCollection",
  features: [
    {
      properties: {
        timestamp: "2026-07-15T20:00:00+00:00",
        textDescription: "Fair",
        temperature: measure("wmoUnit:degC", 25),
        ...more,
      },
    },
  ],
});

describe("get_current_conditions", () => {
  test("the nearest station is told with its distance and the age of its report", async () => {
    const answer = await now();
    expect(answer).toMatchObject({ source: "nws", kind: "observation", stale: false });
    expect(answer.station).toEqual({ id: "KF00A", name: "Albany Airport", distance_km: 4.4 });
    expect(answer.observed_at).toBe("2026-07-15T16:00-04:00");
    expect(answer.age_minutes).toBe(10);
  });

  test.each([
    ["no report", { features: [] }],
    ["a report without a time", { features: [{ properties: { timestamp: null } }] }],
    ["no temperature", observation({ temperature: measure("wmoUnit:degC", null) })],
    ["an old report", observation({ timestamp: "2026-07-15T17:00:00+00:00" })],
  ])("a station with %s gives way to the next one", async (_what, body) => {
    session.upstream.respond("nws/stations/KF00A", body);
    expect((await now()).station.id).toBe("KF00B");
  });

  test("a nearer station that has answered does not wait for farther ones that hang", async () => {
    for (const station of ["KF00B", "KF00C"]) session.upstream.fail(`nws/stations/${station}`, "hang");
    expect((await now()).station.id).toBe("KF00A");
  });

  test("one station that fails does not spoil the others", async () => {
    session.upstream.fail("nws/stations/KF00A", { status: 404 });
    expect((await now()).station.id).toBe("KF00B");
  });

  test("when no station has reported a model's analysis is used, and said", async () => {
    session.upstream.respond("nws/stations", { features: [] });
    const answer = await now();
    expect(answer).toMatchObject({ source: "open-meteo", fallback_from: "nws", kind: "model", station: null });
    expect(
      errorMeta(await session.call("get_current_conditions", { location: "Albany, NY", source: "nws" })),
    ).toMatchObject({
      category: "NOT_FOUND",
      reason: "no_recent_observation",
    });
  });

  test("what was not measured is null; what is worked out says so", async () => {
    session.upstream.respond(
      "nws/stations/KF00A",
      observation({ dewpoint: measure("wmoUnit:degC", 15), windGust: measure("wmoUnit:km_h-1", null) }),
    );
    const answer = await now({ units: "metric" });
    expect(answer).toMatchObject({ temperature: 25, humidity: 54, wind_gust: null, wind_speed: null, uv_index: null });
    expect(answer.derived).toEqual(["humidity", "feels_like"]);
  });

  test("a change of the service's units does not change the weather", async () => {
    session.upstream.respond("nws/stations/KF00A", observation({ windSpeed: measure("unit:m_s-1", 10) }));
    expect(await now({ units: "metric" })).toMatchObject({ wind_speed: 36 });
    const other = await openSession();
    other.upstream.respond("nws/stations/KF00A", observation({ windSpeed: measure("wmoUnit:km_h-1", 36) }));
    expect(await other.ok("get_current_conditions", { location: "Albany, NY", units: "metric" })).toMatchObject({
      wind_speed: 36,
    });
    await other.close();
  });

  test("elsewhere it is a model's analysis and nobody is asked for alerts", async () => {
    const answer = await now({ location: "Sydney" });
    expect(answer).toMatchObject({ source: "open-meteo", kind: "model", fallback_from: null, active_alerts: null });
    expect(session.upstream.hits("nws")).toBe(0);
  });
});
