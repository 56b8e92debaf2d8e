import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { CDO_TOKEN } from "../fixture-upstream/index.ts";
import { pauselessClock } from "../support/manual-clock.ts";
import { errorMeta, NOW, openSession, textOf, type WeatherSession } from "../support/weather-session.ts";

let clock: ReturnType<typeof pauselessClock>;
let session: WeatherSession;
beforeEach(async () => {
  clock = pauselessClock(NOW);
  session = await openSession({ clock });
});
afterEach(() => session.close());

const ALBANY = { location: "Albany, NY", start_date: "2026-01-01", end_date: "2026-01-10" };
const history = (args: Record<string, unknown> = {}) => session.ok("get_historical_weather", { ...ALBANY, ...args });
const refusal = async (args: Record<string, unknown>) =>
  errorMeta(await session.call("get_historical_weather", { ...ALBANY, ...args }));
const column = (answer: { table: { columns: string[]; rows: unknown[][] } }, name: string) =>
  answer.table.rows.map((row) => row[answer.table.columns.indexOf(name)]);

describe("get_historical_weather in the United States", () => {
  test("the record of the nearest airport is used, without any token", async () => {
    const answer = await history();
    expect(answer).toMatchObject({ source: "ncei", kind: "station", fallback_from: null, total_rows: 10 });
    expect(answer.station.id).toMatch(/^USW/);
    expect(answer.station.distance_km).toBeCloseTo(8.9, 1);
    expect(column(answer, "date")).toEqual(
      Array.from({ length: 10 }, (_, day) => `2026-01-${String(day + 1).padStart(2, "0")}`),
    );
    expect(session.upstream.hits("cdo")).toBe(0);
  });

  test("what the station did not measure is null, never 0 or -999", async () => {
    const answer = await history({ end_date: "2026-01-31" });
    const wind = column(answer, "wind_avg");
    expect(wind).toContain(null);
    expect(wind.filter((value) => value !== null).every((value) => (value as number) > 0)).toBe(true);
    expect(JSON.stringify(answer)).not.toContain("-999");
  });

  test("a value that failed quality control is left out and said", async () => {
    const answer = await history({ start_date: "2026-01-28", end_date: "2026-01-30", units: "metric" });
    const highs = column(answer, "temp_max");
    expect(highs[1]).toBeNull();
    expect(highs).not.toContain(99.9);
    expect(answer.warnings.join()).toContain("1 value(s) failed NOAA's quality control");
    expect(answer.summary.temp_max.days_with_data).toBe(2);
  });

  test("snow is told in inches or centimetres", async () => {
    const [metric, imperial] = [await history({ units: "metric" }), await history()];
    expect([metric.units.snowfall, imperial.units.snowfall]).toEqual(["cm", "in"]);
    expect(imperial.summary.snowfall.total).toBeCloseTo(metric.summary.snowfall.total / 2.54, 0);
  });

  test("an outage leads to reanalysis, and the answer says so", async () => {
    session.upstream.fail("ncei", { status: 503, html: true });
    const answer = await history();
    expect(answer).toMatchObject({ source: "open-meteo", kind: "reanalysis", fallback_from: "ncei", station: null });
    expect(answer.warnings.join()).toContain("reanalysis from Open-Meteo instead");
  });

  test("a place without a station nearby gets reanalysis", async () => {
    session.upstream.respond("ncei/search", { count: 0, results: [] });
    expect(await history()).toMatchObject({ kind: "reanalysis", fallback_from: "ncei" });
    expect(await refusal({ source: "ncei" })).toMatchObject({ category: "NOT_FOUND", reason: "no_station_records" });
  });

  test("a station of one's own choice is used wherever the place is", async () => {
    const { station } = await history({ station_id: "GHCND:USC00000000" });
    expect(station.id).toBe("USC00000000");
    expect(await refusal({ station_id: "USW00099999" })).toMatchObject({ category: "NOT_FOUND" });
  });

  test("months come from the station's monthly record", async () => {
    const answer = await history({ start_date: "2026-01-15", end_date: "2026-03-20", granularity: "monthly" });
    expect(column(answer, "month")).toEqual(["2026-01", "2026-02", "2026-03"]);
    expect(answer.kind).toBe("station");
    expect(column(answer, "temp_max").every((value) => typeof value === "number")).toBe(true);
  });
});

describe("get_historical_weather elsewhere", () => {
  test("it is reanalysis, and says so", async () => {
    const answer = await history({ location: "Paris, FR" });
    expect(answer).toMatchObject({
      source: "open-meteo",
      kind: "reanalysis",
      fallback_from: null,
      station: null,
      total_rows: 10,
    });
    expect(session.upstream.hits("ncei")).toBe(0);
  });

  test("the day on which clocks change has as many hours as it has", async () => {
    const hours = async (location: string, date: string) =>
      (await history({ location, start_date: date, end_date: date, granularity: "hourly" })).total_rows;
    expect(await hours("Paris, FR", "2026-03-29")).toBe(23);
    expect(await hours("Paris, FR", "2025-10-26")).toBe(25);
    expect(await hours("Albany, NY", "2026-03-08")).toBe(23);
    expect(await hours("Albany, NY", "2025-11-02")).toBe(25);
  });

  test("winter hours asked for in summer bear the winter's offset", async () => {
    const answer = await history({ location: "Albany, NY", granularity: "hourly", end_date: "2026-01-01" });
    expect(answer.table.rows[0][0]).toBe("2026-01-01T00:00-05:00");
    expect(answer.table.rows.at(-1)[0]).toBe("2026-01-01T23:00-05:00");
  });

  test("a long span is served in days of one request, and says what is inexact about them", async () => {
    const answer = await history({ location: "Paris, FR", start_date: "2020-01-01", end_date: "2022-12-31", limit: 5 });
    expect(answer.total_rows).toBe(1_096);
    expect(answer.table.rows[0][0]).toBe("2020-01-01");
    expect(answer.warnings.join()).toContain("an hour off");
    expect(session.upstream.hits("open-meteo-archive")).toBe(1);
  });

  test("months are made of its days", async () => {
    const answer = await history({
      location: "Tokyo",
      start_date: "2026-01-01",
      end_date: "2026-02-28",
      granularity: "monthly",
    });
    expect(column(answer, "month")).toEqual(["2026-01", "2026-02"]);
    // The mean of a month's highs is not the highest that it was.
    expect(answer.summary_text).toMatch(
      /^2 months: warmest month's mean daily high .+ coldest month's mean daily low /,
    );
    expect(answer.summary_text).not.toContain("highest");
  });
});

describe("get_historical_weather, pages", () => {
  test("limit and offset show parts of one table, and the summary is always over the whole", async () => {
    const whole = await history({ end_date: "2026-03-31" });
    const part = await history({ end_date: "2026-03-31", limit: 7, offset: 14 });
    expect(part.table.rows).toEqual(whole.table.rows.slice(14, 21));
    expect(part).toMatchObject({ summary: whole.summary, total_rows: 90, next_offset: 21, truncated: false });
  });

  test("the largest page is cut by whole rows", async () => {
    const answer = await history({ start_date: "2025-01-01", end_date: "2025-12-31", limit: 400 });
    expect(answer.truncated).toBe(true);
    expect(answer.next_offset).toBe(answer.table.rows.length);
    expect(answer.warnings.join()).toContain(`offset ${answer.next_offset}`);
  });

  test("an offset beyond the end is an empty page that says so", async () => {
    const answer = await history({ offset: 500 });
    expect(answer).toMatchObject({ table: { rows: [] }, next_offset: null, total_rows: 10 });
    expect(answer.warnings).toEqual(["Nothing is left from offset 500 on: there are 10, from 0."]);
  });
});

describe("get_historical_weather, memory", () => {
  test("what is final is kept, what may still change is not", async () => {
    await history();
    const recent = { location: "Albany, NY", start_date: "2026-07-01", end_date: "2026-07-14" };
    await history(recent);
    const before = session.upstream.hits("ncei/data");
    clock.advance(2 * 3_600_000);
    await history();
    expect(session.upstream.hits("ncei/data")).toBe(before);
    await history(recent);
    expect(session.upstream.hits("ncei/data")).toBe(before + 1);
  });

  test("a record with gaps is asked for again, for late values may have come", async () => {
    const gaps = { start_date: "2026-01-28", end_date: "2026-01-30" };
    await history(gaps);
    clock.advance(2 * 3_600_000);
    await history(gaps);
    expect(session.upstream.hits("ncei/data")).toBe(2);
  });
});

describe("get_historical_weather elsewhere, memory", () => {
  test("an old day with a gap is asked for again, a whole one is not", async () => {
    const day = { location: "London, UK", start_date: "2026-01-10", end_date: "2026-01-10" };
    const timeS = Array.from({ length: 48 }, (_, hour) => Date.UTC(2026, 0, 10, hour) / 1_000);
    const body = (temperature_2m: (number | null)[]) => ({
      ...{ latitude: 51.5, longitude: -0.12, timezone: "GMT", utc_offset_seconds: 0 },
      hourly: { time: timeS, temperature_2m },
    });
    const again = async () => {
      const before = session.upstream.hits("open-meteo-archive");
      await history(day);
      clock.advance(2 * 3_600_000);
      return session.upstream.hits("open-meteo-archive") - before;
    };
    session.upstream.respond("open-meteo-archive", body(timeS.map((_, hour) => (hour === 5 ? null : 4))));
    expect([await again(), await again()]).toEqual([1, 1]);
    session.upstream.respond("open-meteo-archive", body(timeS.map(() => 4)));
    expect([await again(), await again()]).toEqual([1, 0]);
  });
});

describe("get_historical_weather from NOAA CDO", () => {
  let withToken: WeatherSession;
  beforeAll(async () => {
    withToken = await openSession({ env: { NOAA_CDO_TOKEN: CDO_TOKEN } });
  });
  afterAll(() => withToken.close());
  const cdo = { ...ALBANY, source: "noaa-cdo" };

  test("without a token it is MISSING_TOKEN, with the way round", async () => {
    const result = await session.call("get_historical_weather", cdo);
    expect(errorMeta(result)).toMatchObject({ category: "MISSING_TOKEN", reason: "token_missing" });
    expect(textOf(result)).toContain('Use source "auto"');
    expect(session.upstream.hits("cdo")).toBe(0);
  });

  test("a token that is not accepted is MISSING_TOKEN too, and is not told to anybody", async () => {
    const wrong = await openSession({ env: { NOAA_CDO_TOKEN: "wrong-token-42" } });
    const result = await wrong.call("get_historical_weather", cdo);
    expect(errorMeta(result)).toMatchObject({ category: "MISSING_TOKEN", reason: "token_invalid" });
    expect(JSON.stringify(result)).not.toContain("wrong-token-42");
    expect(wrong.upstream.requests.join()).not.toContain("wrong-token-42");
    await wrong.close();
  });

  test("with a token its records agree with those of NCEI", async () => {
    const fromCdo = await withToken.ok("get_historical_weather", cdo);
    expect(fromCdo).toMatchObject({ source: "noaa-cdo", kind: "station" });
    expect(fromCdo.table).toEqual((await history()).table);
  });

  test("a span beyond a year is asked for in parts, and pages beyond a thousand values are fetched", async () => {
    const before = withToken.upstream.hits("cdo/data");
    const answer = await withToken.ok("get_historical_weather", {
      ...cdo,
      start_date: "2024-01-01",
      end_date: "2025-12-31",
      limit: 1,
    });
    expect(answer.total_rows).toBe(731);
    expect(withToken.upstream.hits("cdo/data") - before).toBeGreaterThan(3);
  });

  test("a value that failed quality control is left out and said", async () => {
    const fresh = await openSession({ env: { NOAA_CDO_TOKEN: CDO_TOKEN } });
    const row = (datatype: string, value: number, quality: string) => ({
      date: "2026-02-01T00:00:00",
      datatype,
      station: "GHCND:USW00000000",
      attributes: `,${quality},7,2400`,
      value,
    });
    fresh.upstream.respond("cdo/data", {
      metadata: { resultset: { offset: 1, count: 2, limit: 1000 } },
      results: [row("TMAX", 61.1, "X"), row("TMIN", -3.9, "")],
    });
    const day = { ...cdo, start_date: "2026-02-01", end_date: "2026-02-01", units: "metric" };
    const answer = await fresh.ok("get_historical_weather", day);
    expect(answer.table).toEqual({ columns: ["date", "temp_min"], rows: [["2026-02-01", -3.9]] });
    expect(answer.warnings.join()).toContain("1 value(s) failed NOAA's quality control");
    await fresh.close();
  });

  test("its limit is RATE_LIMIT", async () => {
    withToken.upstream.fail("cdo/data", {
      status: 429,
      body: { status: "429", message: "This token has reached its temporary request limit of 10000 per day." },
    });
    const result = await withToken.call("get_historical_weather", {
      ...cdo,
      start_date: "2023-05-01",
      end_date: "2023-05-02",
    });
    expect(errorMeta(result)).toMatchObject({ category: "RATE_LIMIT", upstream: "cdo" });
  });
});

test.each([
  [{ start_date: "2026-02-30" }, "invalid_start_date"],
  [{ end_date: "2026-07-15" }, "invalid_end_date"],
  [{ start_date: "2026-02-01" }, "invalid_start_date"],
  [{ granularity: "hourly", source: "ncei" }, "invalid_source"],
  [{ granularity: "hourly", station_id: "USW00000000" }, "invalid_station_id"],
])("%j is refused by the name of its field", async (args, reason) => {
  expect(await refusal(args)).toMatchObject({ category: "INVALID_INPUT", reason });
});
