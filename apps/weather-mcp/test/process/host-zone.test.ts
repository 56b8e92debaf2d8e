import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { beforeAll, describe, expect, test } from "vitest";
import { eachDate } from "../../src/time/calendar.ts";

const SCRIPT = fileURLToPath(new URL("../support/print-history.ts", import.meta.url));
const ZONES = ["UTC", "America/New_York", "Asia/Kolkata", "Pacific/Apia"];

interface Printed {
  zone: string;
  history: { location: string; rows: [date: string, ...rest: unknown[]][] }[];
  hours: Record<string, number>;
  forecasts: { location: string; fetched_at: string; days: [date: string, start: string, end: string][] }[];
}

const printed = new Map<string, Printed>();
beforeAll(async () => {
  for (const TZ of ZONES) {
    const { stdout } = await promisify(execFile)(process.execPath, [SCRIPT], { env: { PATH: process.env.PATH, TZ } });
    printed.set(TZ, JSON.parse(stdout) as Printed);
  }
});

describe.each(ZONES)("on a host in %s", (zone) => {
  const result = () => printed.get(zone) as Printed;

  test("history has the dates that were asked for, over both changes of clocks", () => {
    const spans = [
      ["2026-01-01", "2026-01-03"],
      ["2026-03-07", "2026-03-09"],
      ["2026-10-31", "2026-11-02"],
    ] as const;
    expect(result().zone).toBe(zone);
    expect(result().history).toHaveLength(21);
    result().history.forEach(({ rows }, index) => {
      const [from, to] = spans[index % 3] as (typeof spans)[number];
      expect(rows.map(([date]) => date)).toEqual(eachDate(from, to));
    });
  });

  test("the days on which clocks change have 23 and 25 hours", () => {
    expect(result().hours).toEqual({ "2026-03-08": 23, "2026-11-01": 25 });
  });

  test("forecasts begin with today at the place", () => {
    const first = Object.fromEntries(result().forecasts.map(({ location, days }) => [location, days[0]?.[0]]));
    expect(first).toMatchObject({
      "Albany, NY": "2026-11-20",
      "New Delhi": "2026-11-20",
      Apia: "2026-11-21",
      "Honolulu, HI": "2026-11-20",
    });
  });

  test("every value is the same as on any other host", () => {
    const { zone: _zone, ...values } = result();
    const { zone: _utc, ...reference } = printed.get("UTC") as Printed;
    expect(values).toEqual(reference);
  });
});
