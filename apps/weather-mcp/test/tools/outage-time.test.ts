import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type ManualClock, manualClock } from "../support/manual-clock.ts";
import { NOW, openSession, type WeatherSession } from "../support/weather-session.ts";

let clock: ManualClock;
let session: WeatherSession;
beforeEach(async () => {
  clock = manualClock(NOW);
  session = await openSession({ clock });
});
afterEach(() => session.close());

const ATTEMPT_MS = 8_000;

describe("while the National Weather Service hangs", () => {
  test("a forecast by name costs one attempt: the count of alerts is not worth a second", async () => {
    session.upstream.fail("nws", "hang");
    const answer = session.ok("get_forecast", { location: "Albany, NY" });
    await session.upstream.whenHit("nws/points");
    await session.upstream.whenHit("nws/alerts");
    clock.advance(ATTEMPT_MS);
    expect(await answer).toMatchObject({ source: "open-meteo", fallback_from: "nws", active_alerts: null });
    expect(session.upstream.hits("nws")).toBe(2);
  });

  test("by coordinates it is asked where they are, and then no more", async () => {
    session.upstream.fail("nws", "hang");
    const answer = session.ok("get_forecast", { latitude: 42.65, longitude: -73.75 });
    await session.upstream.whenHit("nws/points");
    clock.advance(ATTEMPT_MS);
    const forecast = await answer;
    expect(forecast).toMatchObject({ source: "open-meteo", fallback_from: "nws", active_alerts: null });
    expect(forecast.warnings.join()).toMatch(/does not mean that there are none.*did not answer within 8 s/);
    expect(session.upstream.hits("nws")).toBe(1);
  });

  test("alerts themselves are worth a second attempt, and are an error, not an empty list", async () => {
    session.upstream.fail("nws/alerts", "hang");
    const answer = session.call("get_alerts", { state: "TX" });
    await session.upstream.whenHit("nws/alerts");
    clock.advance(ATTEMPT_MS);
    await clock.whenTimerWithin(2_000);
    clock.advance(2_000);
    await session.upstream.whenHit("nws/alerts", 2);
    clock.advance(ATTEMPT_MS);
    expect((await answer).isError).toBe(true);
  });
});
