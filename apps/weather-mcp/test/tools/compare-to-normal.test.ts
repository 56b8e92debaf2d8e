import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { errorMeta, openSession, type WeatherSession } from "../support/weather-session.ts";

let session: WeatherSession;
beforeAll(async () => {
  session = await openSession();
});
afterAll(() => session.close());

const compare = (args: Record<string, unknown>) => session.ok("compare_to_normal", args);

describe("compare_to_normal", () => {
  test("a past day in the United States is compared with the same station's normals", async () => {
    const answer = await compare({ location: "Albany, NY", date: "2026-06-10" });
    expect(answer).toMatchObject({ source: "ncei", actual_kind: "station", fallback_from: null, period: "2026-06-10" });
    expect(answer.baseline).toContain("1991-2020 normals of station USW");
    expect(answer.departure.temp_max).toBe(answer.actual.temp_max - answer.normal.temp_max);
  });

  test("today and the days ahead are compared by their forecast", async () => {
    expect(await compare({ location: "Albany, NY" })).toMatchObject({ actual_kind: "forecast", period: "2026-07-15" });
    expect(await compare({ location: "Albany, NY", date: "2026-07-20" })).toMatchObject({ actual_kind: "forecast" });
  });

  test("a day too far ahead has a normal and nothing to compare with", async () => {
    const answer = await compare({ location: "Albany, NY", date: "2026-12-24" });
    expect(answer).toMatchObject({ actual: null, departure: null, actual_kind: null });
    expect(answer.normal.temp_max).toBeTypeOf("number");
  });

  test("a month is compared with the month's normals, rain included", async () => {
    const answer = await compare({ location: "Albany, NY", date: "2026-05" });
    expect(answer.normal.precip).toBe(3.4);
    expect(answer.actual_kind).toBe("station");
    expect(JSON.stringify(answer)).not.toContain("7777");
  });

  test("elsewhere the normals are means of thirty years, asked for once", async () => {
    const answer = await compare({ location: "Paris, FR", date: "2026-07-10" });
    expect(answer).toMatchObject({ source: "open-meteo", actual_kind: "reanalysis", fallback_from: null });
    expect(answer.rank_note).toMatch(/^Warmer than \d+% of the days/);
    const before = session.upstream.requests.filter((path) => path.includes("start_date=1991")).length;
    await compare({ location: "Paris, FR", date: "2026-07-01" });
    expect(session.upstream.requests.filter((path) => path.includes("start_date=1991"))).toHaveLength(before);
  });

  test("where station normals cannot be had, reanalysis stands in and says so", async () => {
    const undo = session.upstream.fail("ncei", { status: 503 });
    const answer = await compare({ location: "Denver, CO", date: "2026-06-10" });
    expect(answer).toMatchObject({ source: "open-meteo", fallback_from: "ncei" });
    undo();
  });

  test("everybody whose data are in it is credited, and nobody else", async () => {
    expect((await compare({ location: "Albany, NY", date: "2026-06-10" })).attribution).toBe(
      "NOAA National Centers for Environmental Information",
    );
    expect((await compare({ location: "Albany, NY", date: "2026-07-20" })).attribution).toBe(
      "NOAA National Centers for Environmental Information; U.S. National Weather Service",
    );
    expect((await compare({ location: "Paris, FR", date: "2026-07-10" })).attribution).toBe(
      "Weather data by Open-Meteo.com (CC BY 4.0); ERA5 by Copernicus/ECMWF",
    );
  });

  test("where the station has no record of the day reanalysis tells it, and the answer says so", async () => {
    const fresh = await openSession();
    fresh.upstream.fail("ncei/data/v1?dataset=daily-summaries", { status: 503 });
    const answer = await fresh.ok("compare_to_normal", { location: "Albany, NY", date: "2026-06-10" });
    expect(answer).toMatchObject({ source: "ncei", actual_kind: "reanalysis" });
    expect(answer.warnings.join()).toContain("What it was like is from reanalysis");
    await fresh.close();
  });

  test("a date of no calendar is refused", async () => {
    for (const date of ["2026-02-30", "2026-13", "1800-01-01"]) {
      expect(errorMeta(await session.call("compare_to_normal", { location: "Paris, FR", date }))).toMatchObject({
        category: "INVALID_INPUT",
      });
    }
  });
});
