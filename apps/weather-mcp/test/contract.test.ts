import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { MAX_STRUCTURED_CHARS, MAX_TEXT_CHARS } from "../src/output/fit-rows.ts";
import { errorMeta, openSession, textOf, type WeatherSession } from "./support/weather-session.ts";

let session: WeatherSession;
beforeAll(async () => {
  session = await openSession({ env: { WEATHER_TOOLS: "all" } });
});
afterAll(() => session.close());

const YEAR = { start_date: "2025-01-01", end_date: "2025-12-31", limit: 400 };
/** The largest answers there are, and one of each kind. The SDK's client checks each against the tool's outputSchema. */
const CALLS: [name: string, args: Record<string, unknown>][] = [
  ["get_forecast", { location: "Albany, NY", days: 16 }],
  ["get_forecast", { location: "Paris, FR", days: 16, units: "imperial" }],
  ["get_forecast", { location: "Albany, NY", granularity: "hourly", hours: 168 }],
  ["get_forecast", { location: "Paris, FR", granularity: "hourly", hours: 168 }],
  ["get_current_conditions", { location: "Austin, TX" }],
  ["get_current_conditions", { location: "Tokyo" }],
  ["get_alerts", { state: "FL", limit: 50 }],
  ["get_alerts", { location: "Paris, FR" }],
  ["get_historical_weather", { location: "Albany, NY", ...YEAR }],
  ["get_historical_weather", { location: "São Paulo", ...YEAR }],
  [
    "get_historical_weather",
    { location: "Berlin", start_date: "2026-05-01", end_date: "2026-05-31", granularity: "hourly", limit: 400 },
  ],
  [
    "get_historical_weather",
    { location: "Albany, NY", start_date: "1996-07-01", end_date: "2026-06-30", granularity: "monthly", limit: 400 },
  ],
  ["search_location", { query: "Springfield", limit: 10 }],
  ["get_air_quality", { location: "Berlin", hours: 120 }],
  ["get_marine_forecast", { latitude: 40, longitude: -70, days: 8, granularity: "hourly" }],
  ["compare_to_normal", { location: "Albany, NY", date: "2026-05" }],
  ["compare_to_normal", { location: "Nairobi", date: "2026-07-01" }],
  ["find_stations", { location: "New York, NY", limit: 50 }],
  ["get_forecast_discussion", { location: "Albany, NY" }],
  ["compare_models", { location: "Auckland", days: 7 }],
];

describe("every answer", () => {
  test.each(CALLS)("%s %j fits its schema and both caps, and says where it comes from", async (name, args) => {
    const result = await session.call(name, args);
    expect(result.isError, textOf(result)).toBeFalsy();
    const structured = result.structuredContent as Record<string, unknown>;
    expect(JSON.stringify(structured).length).toBeLessThanOrEqual(MAX_STRUCTURED_CHARS);
    expect(textOf(result).length).toBeLessThanOrEqual(MAX_TEXT_CHARS);
    for (const member of ["summary_text", "source", "fetched_at", "attribution"])
      expect(structured[member]).toBeTypeOf("string");
    expect(structured).toMatchObject({
      stale: false,
      fallback_from: null,
      warnings: expect.any(Array),
      age_minutes: expect.any(Number),
    });
    expect(textOf(result)).toContain(structured.summary_text);
    expect(textOf(result)).toContain(structured.attribution);
    for (const warning of structured.warnings as string[]) expect(textOf(result)).toContain(warning);
    for (const [field, unit] of Object.entries(structured.units as Record<string, string>))
      expect(textOf(result)).toContain(`${field} ${unit}`);
    if (typeof structured.active_alerts === "number")
      expect(textOf(result)).toContain(`active_alerts ${structured.active_alerts}`);
    const place = structured.location as Record<string, unknown> | undefined;
    if (place) {
      const told = [place.name, `${place.latitude},${place.longitude}`, place.timezone];
      for (const part of told) expect(textOf(result)).toContain(part);
    }
  });

  test.each(CALLS)("%s %j says in its text every number that its table has", async (name, args) => {
    const result = await session.call(name, args);
    const { table, hourly } = result.structuredContent as Record<
      string,
      { columns: string[]; rows: unknown[][] } | undefined
    >;
    const rows = (table ?? hourly)?.rows ?? [];
    for (const row of rows)
      expect(textOf(result)).toContain(row.map((cell) => (cell === null ? "-" : String(cell))).join(" | "));
  });
});

describe("every error", () => {
  let down: WeatherSession;
  beforeAll(async () => {
    down = await openSession({ env: { WEATHER_TOOLS: "all" } });
    for (const service of ["nws", "open-meteo", "ncei"]) down.upstream.fail(service, { status: 503 });
  });
  afterAll(() => down.close());

  test.each(CALLS)(
    "%s %j with everything down is an error with category and hint, and passes the client",
    async (name, args) => {
      const result = await down.call(name, args);
      // Abroad there is nobody to ask for alerts, but the place has to be found first.
      expect(result.isError).toBe(true);
      expect(errorMeta(result)).toMatchObject({
        category: "UNKNOWN",
        reason: "upstream_unavailable",
        retryable: true,
      });
      expect(textOf(result)).toMatch(/^UNKNOWN: .+\nTry: .+$/);
      expect(result.structuredContent).toBeUndefined();
    },
  );

  test.each([
    [{ location: 5 }, /location: .*expected string/],
    [{ location: "Paris", units: "kelvin" }, /units: .*"metric"/],
    [{ location: "Paris", days: 99 }, /days: .*<=16/],
    [{ location: "Paris", colour: "red" }, /colour: no such argument/],
    [{ location: "x".repeat(121) }, /location: .*120/],
    [{}, /location: missing/],
  ])(
    "arguments %j are INVALID_INPUT that names the field and what it may be, before anything is asked",
    async (args, told) => {
      const before = session.upstream.hits();
      const result = await session.call("get_forecast", args);
      expect(result.isError).toBe(true);
      expect(errorMeta(result)).toMatchObject({ category: "INVALID_INPUT", retryable: false });
      expect(textOf(result)).toMatch(/^INVALID_INPUT: .+\nTry: .*location/);
      expect(textOf(result)).toMatch(told);
      expect(session.upstream.hits()).toBe(before);
    },
  );
});

describe("tools/list", () => {
  const visible = async () => {
    const plain = await openSession();
    const { tools } = await plain.client.listTools();
    await plain.close();
    return tools;
  };

  test("what a model sees of the default set is at most 8 KB", async () => {
    const seen = (await visible()).map(({ name, description, inputSchema }) => ({ name, description, inputSchema }));
    expect(Buffer.byteLength(JSON.stringify(seen))).toBeLessThanOrEqual(8 * 1024);
  });

  test("schemas are plain objects that no client drops", async () => {
    for (const { inputSchema, outputSchema, annotations } of await visible()) {
      for (const schema of [inputSchema, outputSchema]) {
        expect(schema?.type).toBe("object");
        expect(Object.keys(schema?.properties ?? {}).length).toBeGreaterThan(0);
        for (const word of ["anyOf", "oneOf", "allOf", "$ref"]) expect(schema).not.toHaveProperty(word);
      }
      expect(inputSchema).toHaveProperty("additionalProperties", false);
      expect(annotations).toMatchObject({
        readOnlyHint: true,
        destructiveHint: false,
        idempotentHint: true,
        openWorldHint: true,
      });
    }
  });

  test("no schema has a list of types, which some providers refuse", async () => {
    expect(JSON.stringify(await visible())).not.toContain('"type":[');
  });

  test("names and inputs change only on purpose", async () => {
    const shape = (await visible()).map(({ name, inputSchema }) => [
      name,
      Object.keys(inputSchema.properties ?? {}).join(" "),
    ]);
    expect(shape).toMatchSnapshot();
  });
});

test("a call that is cancelled ends its requests", async () => {
  const fresh = await openSession();
  fresh.upstream.fail("open-meteo/", "hang");
  const cancel = new AbortController();
  const call = fresh.client.callTool({ name: "get_forecast", arguments: { location: "Paris, FR" } }, undefined, {
    signal: cancel.signal,
  });
  await fresh.upstream.whenHit("open-meteo/v1/forecast");
  cancel.abort();
  await expect(call).rejects.toThrow();
  await fresh.upstream.whenClosed("open-meteo/v1/forecast");
  await fresh.close();
});

test("two equal concurrent calls ask each service once", async () => {
  const fresh = await openSession();
  const ask = () => fresh.ok("get_forecast", { location: "Paris, FR" });
  const [a, b] = await Promise.all([ask(), ask()]);
  expect(a.periods).toEqual(b.periods);
  expect(fresh.upstream.requests).toHaveLength(2);
  await fresh.close();
});

test("an outage shorter than memory is bridged, and said", async () => {
  const { pauselessClock } = await import("./support/manual-clock.ts");
  const clock = pauselessClock("2026-07-15T20:10:00Z");
  const fresh = await openSession({ clock });
  await fresh.ok("get_forecast", { location: "Paris, FR" });
  clock.advance(60 * 60_000);
  fresh.upstream.fail("open-meteo/", { status: 503 });
  const answer = await fresh.ok("get_forecast", { location: "Paris, FR" });
  expect(answer).toMatchObject({ stale: true, age_minutes: 60 });
  expect(answer.warnings[0]).toContain("last known answer");
  await fresh.close();
});
