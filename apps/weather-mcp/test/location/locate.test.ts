import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type LocationInput, locate, unitSystemOf } from "../../src/location/locate.ts";
import { openCallScope } from "../../src/upstream/call-scope.ts";
import { failureOf } from "../support/upstream-harness.ts";
import { openSession, type WeatherSession } from "../support/weather-session.ts";

let session: WeatherSession;
beforeAll(async () => {
  session = await openSession({ env: { WEATHER_CACHE_BYTES: "0" } });
});
afterAll(() => session.close());
beforeEach(() => session.upstream.reset());

const find = (input: LocationInput | string) => {
  const { services } = session;
  const scope = openCallScope(services.clock, 20_000);
  return locate(typeof input === "string" ? { location: input } : input, services, scope).finally(() =>
    scope.dispose(),
  );
};
const nameOf = async (text: string) => (await find(text)).place.name;

describe("places as people type them", () => {
  test.each([
    ["Austin, TX", "Austin, Texas, United States"],
    ["austin tx", "Austin, Texas, United States"],
    ["Paris, FR", "Paris, Île-de-France, France"],
    ["Paris", "Paris, Île-de-France, France"],
    ["Paris, Texas", "Paris, Texas, United States"],
    ["Paris Texas", "Paris, Texas, United States"],
    ["10001", "New York, United States"],
    ["NYC", "New York, United States"],
    ["Chicago, US", "Chicago, Illinois, United States"],
    ["Berlin, DE", "Berlin, Germany"],
    ["London, CA", "London, Ontario, Canada"],
    ["London, UK", "London, England, United Kingdom"],
    ["Portland, ME", "Portland, Maine, United States"],
    ["Portland", "Portland, Oregon, United States"],
    ["Washington, DC", "Washington, District of Columbia, United States"],
    ["San Juan, PR", "San Juan, Puerto Rico"],
    ["San Juan, USA", "San Juan, Puerto Rico"],
    ["St. John's, NL", "St. John's, Newfoundland and Labrador, Canada"],
    ["sao paulo", "São Paulo, Brazil"],
    ["Köln", "Cologne, North Rhine-Westphalia, Germany"],
    ["New Delhi", "New Delhi, Delhi, India"],
    ["Sydney New South Wales", "Sydney, New South Wales, Australia"],
  ])("%s is %s", async (text, name) => {
    expect(await nameOf(text)).toBe(name);
  });

  test("a hit of the fuzzy search that has nothing to do with the name is left out", async () => {
    expect(await nameOf("Hollywood")).toBe("Hollywood, Florida, United States");
    expect((await find("Hollywood")).warnings).toEqual([]);
  });

  test("a slip of the pen is understood, and said", async () => {
    const { place, warnings } = await find("Sprngfield, IL");
    expect(place.name).toBe("Springfield, Illinois, United States");
    expect(warnings[0]).toContain("was taken to mean Springfield, Illinois");
  });

  test("namesakes of like size are named", async () => {
    const { warnings } = await find("Springfield");
    expect(warnings[0]).toContain("several places");
    expect(warnings[0]).toContain("Massachusetts");
    expect((await find("Springfield, MO")).warnings).toEqual([]);
  });

  test("a place that is not there is NOT_FOUND, with what was understood", async () => {
    const error = await failureOf(find("Austin, Bavaria, Germany"));
    expect(error).toMatchObject({ category: "NOT_FOUND", reason: "place_not_found" });
    expect(error.message).toBe('No place called "Austin" in Bavaria was found.');
    expect(await failureOf(find("99999"))).toMatchObject({ category: "NOT_FOUND" });
  });
});

describe("coordinates", () => {
  test("in the United States they get the nearest town and its zone", async () => {
    const { place, inUs } = await find("42.745,-73.752");
    expect(place.name).toBe("42.745,-73.752 (near Troy, NY)");
    expect(place.timezone).toBe("America/New_York");
    expect(inUs).toBe(true);
  });

  test.each([
    ["Toronto", 43.7064, -79.3986, "America/Toronto"],
    ["Vancouver", 49.2497, -123.1193, "America/Vancouver"],
    ["Tijuana", 32.5027, -117.0037, "America/Tijuana"],
  ])("%s is not in the United States, although it lies within its box", async (_name, latitude, longitude, zone) => {
    const located = await find({ latitude, longitude });
    expect(located.inUs).toBe(false);
    expect(located.place.timezone).toBe(zone);
    expect(unitSystemOf("auto", located, session.services)).toBe("metric");
  });

  test("trailing zeros never reach the National Weather Service", async () => {
    await find("42.6500,-73.7500");
    expect(session.upstream.requests.filter((path) => path.startsWith("nws/"))).toEqual(["nws/points/42.65,-73.75"]);
  });

  test("an outage of the National Weather Service does not hide where they are", async () => {
    session.upstream.fail("nws", { status: 503 });
    const located = await find("42.745,-73.752");
    expect(located).toMatchObject({ inUs: true, place: { timezone: "America/New_York" } });
  });

  test("half of a pair, a pair beside a name, or nothing at all is INVALID_INPUT with an example", async () => {
    for (const input of [{}, { latitude: 42 }, { location: "Paris", latitude: 1, longitude: 2 }]) {
      const error = await failureOf(find(input));
      expect(error.category).toBe("INVALID_INPUT");
      expect(error.hint).toContain('"Austin, TX"');
    }
  });
});

describe("units", () => {
  test("auto is imperial in the United States and its territories, metric elsewhere", async () => {
    const system = async (text: string) => unitSystemOf("auto", await find(text), session.services);
    expect(await system("Albany, NY")).toBe("imperial");
    expect(await system("San Juan, PR")).toBe("imperial");
    expect(await system("London, UK")).toBe("metric");
    expect(await system("Toronto")).toBe("metric");
  });
});
