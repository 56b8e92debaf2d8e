import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openSession, textOf, type WeatherSession } from "../support/weather-session.ts";

let session: WeatherSession;
beforeAll(async () => {
  session = await openSession();
});
afterAll(() => session.close());

describe("search_location", () => {
  test("namesakes come with what tells them apart", async () => {
    const { results } = await session.ok("search_location", { query: "Springfield" });
    expect(results.map(({ admin1 }: { admin1: string }) => admin1).sort()).toEqual([
      "Illinois",
      "Massachusetts",
      "Missouri",
    ]);
    expect(results[0]).toMatchObject({
      timezone: expect.any(String),
      population: expect.any(Number),
      country_code: "US",
    });
  });

  test("what the geocoder does not know of a place is null", async () => {
    const { results } = await session.ok("search_location", { query: "Peggy" });
    expect(results[0]).toMatchObject({ name: "Peggy", population: null, admin2: null });
  });

  test("a country and a limit narrow it", async () => {
    const { results } = await session.ok("search_location", { query: "Paris", country_code: "US", limit: 1 });
    expect(results.map(({ admin1 }: { admin1: string }) => admin1)).toEqual(["Texas"]);
  });

  test("nothing found is a result, not an error", async () => {
    const answer = await session.ok("search_location", { query: "Nowhereville" });
    expect(answer.results).toEqual([]);
    expect(answer.summary_text).toContain("No place was found");
  });

  test("coordinates and ZIP codes are found, too", async () => {
    const abroad = await session.ok("search_location", { query: "48.85,2.35" });
    expect(abroad).toMatchObject({ source: "open-meteo", results: [{ timezone: "Europe/Paris" }] });
    const atHome = await session.ok("search_location", { query: "42.65,-73.75" });
    expect(atHome).toMatchObject({ source: "nws", attribution: "U.S. National Weather Service" });
    expect(atHome.summary_text).toContain("42.65,-73.75 (near Albany, NY).");
    expect((await session.ok("search_location", { query: "10001" })).results[0]).toMatchObject({ name: "New York" });
  });

  test("the text carries the coordinates of every result", async () => {
    const result = await session.call("search_location", { query: "Portland" });
    const { results } = result.structuredContent as { results: { latitude: number; longitude: number }[] };
    for (const { latitude, longitude } of results) expect(textOf(result)).toContain(`${latitude},${longitude}`);
  });
});
