import { describe, expect, test } from "vitest";
import { chooseStations } from "../../src/history/choose-station.ts";
import type { RecordStation } from "../../src/upstream/ncei.ts";

const place = {
  name: "x",
  latitude: 42.65,
  longitude: -73.75,
  countryCode: "US",
  admin1: null,
  timezone: "UTC",
  elevationM: 45,
};
const span = { from: "2024-01-01", to: "2024-01-31" };
const station = (id: string, northKm: number, more: Partial<RecordStation> = {}): RecordStation => ({
  id,
  name: id,
  latitude: place.latitude + northKm / 111.2,
  longitude: place.longitude,
  temperatureFrom: "1990-01-01",
  temperatureTo: "2026-07-01",
  coveragePct: 100,
  ...more,
});
const ids = (...stations: RecordStation[]) => chooseStations(stations, place, span).map(({ id }) => id);

describe("choice of a station", () => {
  test("an airport is preferred to a volunteer that is a little nearer, not to one that is much nearer", () => {
    expect(ids(station("USC1", 3), station("USW1", 10))).toEqual(["USW1", "USC1"]);
    expect(ids(station("USC1", 3), station("USW1", 30))).toEqual(["USC1", "USW1"]);
  });

  test("stations beyond 40 km, without temperatures or without records of the span are left out", () => {
    expect(
      ids(
        station("far", 41),
        station("rain", 1, { temperatureFrom: null, temperatureTo: null }),
        station("later", 1, { temperatureFrom: "2024-06-01" }),
        station("earlier", 1, { temperatureTo: "2010-01-01" }),
        station("good", 20),
      ),
    ).toEqual(["good"]);
  });

  test("a station whose newest days are not in yet is still asked", () => {
    expect(ids(station("late", 5, { temperatureTo: "2024-01-20" }))).toEqual(["late"]);
  });
});
