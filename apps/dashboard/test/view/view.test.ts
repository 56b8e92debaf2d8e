import { describe, expect, it } from "vitest";
import { formatView, keptView, parseView, withRange } from "../../src/view/view.ts";

const OWN = "Europe/Berlin";

describe("the view in the URL", () => {
  it("without a query it is the last seven days by day in the browser's zone", () => {
    expect(parseView("", OWN)).toEqual({ range: "7d", interval: "day", timeZone: OWN });
  });

  it.each(["", "?range=24h", "?interval=hour", "?range=90d&tz=UTC", "?range=28d"])(
    "%s comes back as it went in",
    (search) => {
      expect(formatView(parseView(search, OWN), OWN)).toBe(search);
    },
  );

  it.each(["?range=1y", "?interval=minute", "?range=90d&interval=hour", "?tz=Nowhere/Atall", "?tz=", "?%ff=%00"])(
    "%s, which makes no sense, falls back to the default",
    (search) => {
      const { interval, timeZone } = parseView(search, OWN);
      expect(interval).toBe("day");
      expect(timeZone).toBe(OWN);
    },
  );

  it("a link to a range that is not kept any more shows the one that the collector answered with", () => {
    const answer = { ranges: ["24h", "7d", "28d"], range: "28d", interval: "day" } as const;
    expect(keptView(parseView("?range=90d&tz=UTC", OWN), answer)).toEqual({
      range: "28d",
      interval: "day",
      timeZone: "UTC",
    });
    expect(keptView(parseView("?range=7d&interval=hour", OWN), answer)).toMatchObject({
      range: "7d",
      interval: "hour",
    });
  });

  it("another range is shown by an interval that it offers", () => {
    const hourly = parseView("?interval=hour", OWN);
    expect(withRange(hourly, "90d")).toEqual({ range: "90d", interval: "day", timeZone: OWN });
    expect(withRange(hourly, "24h").interval).toBe("hour");
  });
});
