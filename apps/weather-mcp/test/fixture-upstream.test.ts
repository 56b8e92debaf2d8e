import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CDO_TOKEN, type FixtureUpstream, startFixtureUpstream } from "./fixture-upstream/index.ts";

let upstream: FixtureUpstream;
beforeAll(async () => {
  upstream = await startFixtureUpstream({ now: () => Date.parse("2026-07-15T20:10:00Z") });
});
afterAll(() => upstream.close());

const get = async (service: string, path: string, headers: Record<string, string> = {}) => {
  const response = await fetch(`${upstream.urls[service]}${path}`, {
    headers: { "user-agent": "(fixture test)", ...headers },
    redirect: "manual",
  });
  return {
    status: response.status,
    type: response.headers.get("content-type"),
    text: await response.text(),
    headers: response.headers,
  };
};
const SPAN = "&start_date=2026-01-01&end_date=2026-01-02";

describe("the fixture refuses what the real services refuse", () => {
  test.each([
    ["/v1/forecast?latitude=91&longitude=0", "must be in range"],
    ["/v1/forecast?latitude=1&longitude=2&daily=bogus", "Cannot initialize"],
    ["/v1/forecast?latitude=1&longitude=2&forecast_days=17", "Allowed range 0 to 16"],
    ["/v1/forecast?latitude=1&longitude=2&timezone=Foo/Bar", "Invalid timezone"],
    [`/v1/forecast?latitude=1&longitude=2&forecast_days=3${SPAN}`, "mutually exclusive"],
    ["/v1/forecast?latitude=1&longitude=2&models=bogus", "Cannot initialize"],
  ])("Open-Meteo: %s", async (path, reason) => {
    const { status, text } = await get("open-meteo", path);
    expect(status).toBe(400);
    expect(JSON.parse(text).reason).toContain(reason);
  });

  test("Open-Meteo's archive: dates out of range, and a variable that no model has", async () => {
    const early = await get(
      "open-meteo-archive",
      "/v1/archive?latitude=1&longitude=2&start_date=1939-01-01&end_date=1940-01-02",
    );
    expect(early.text).toContain("out of allowed range from 1940-01-01");
    const unserved = await get("open-meteo-archive", `/v1/archive?latitude=1&longitude=2&hourly=visibility${SPAN}`);
    expect(JSON.parse(unserved.text)).toMatchObject({ hourly_units: { visibility: "undefined" } });
  });

  test("the geocoder answers without results when it has none", async () => {
    expect(JSON.parse((await get("open-meteo-geocoding", "/v1/search?name=Nowhereville")).text)).toEqual({
      generationtime_ms: 0.7,
    });
    expect((await get("open-meteo-geocoding", "/v1/search?name=Paris&count=101")).status).toBe(400);
  });

  test("NWS: redirects of untidy points, its area, and a missing User-Agent", async () => {
    const untidy = await get("nws", "/points/42.6500,-73.75");
    expect([untidy.status, untidy.headers.get("location")]).toEqual([301, "42.65,-73.75"]);
    expect((await get("nws", "/points/48.85,2.35")).text).toContain("InvalidPoint");
    expect((await get("nws", "/alerts/active?point=48.85,2.35")).text).toContain("out of bounds");
    expect(await get("nws", "/points/42.65,-73.75", { "user-agent": "bare" })).toMatchObject({
      status: 403,
      type: "text/html",
    });
  });

  test("NCEI: a box in the wrong order breaks it, an unknown data set is refused", async () => {
    const box = (order: string) => get("ncei", `/search/v1/data?dataset=daily-summaries&bbox=${order}`);
    expect((await box("42,-74,43,-73")).status).toBe(500);
    expect((await box("43,-74,42,-73")).status).toBe(200);
    expect((await get("ncei", "/data/v1?dataset=bogus")).status).toBe(400);
  });

  test("CDO: tokens in JSON, parameters in XML, nothing as {}", async () => {
    const data = (query: string, token?: string) => get("cdo", `/data?${query}`, token === undefined ? {} : { token });
    expect((await data("")).text).toContain("Token parameter is required");
    expect((await data("", "wrong")).text).toContain("not valid");
    const long = await data("datasetid=GHCND&startdate=2024-01-01&enddate=2025-06-01", CDO_TOKEN);
    expect(long).toMatchObject({ status: 400, type: "application/xml" });
    const none = await data("datasetid=GHCND&stationid=GHCND:X&startdate=2024-01-01&enddate=2024-01-02", CDO_TOKEN);
    expect(none.text).toBe("{}");
  });
});

test("hits are counted by route, and a fault ends after its number of times", async () => {
  upstream.reset();
  upstream.fail("nws/points", { status: 500 }, 1);
  const statuses = [];
  for (let request = 0; request < 2; request++) statuses.push((await get("nws", "/points/42.65,-73.75")).status);
  expect(statuses).toEqual([500, 200]);
  expect([upstream.hits("nws/points"), upstream.hits("ncei"), upstream.hits()]).toEqual([2, 0, 2]);
});
