import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { pauselessClock } from "../support/manual-clock.ts";
import { errorMeta, NOW, openSession, textOf, type WeatherSession } from "../support/weather-session.ts";

let clock: ReturnType<typeof pauselessClock>;
let session: WeatherSession;
beforeEach(async () => {
  clock = pauselessClock(NOW);
  session = await openSession({ clock });
});
afterEach(() => session.close());

describe("get_alerts", () => {
  test("the most severe comes first, with the end of the danger and not that of the message", async () => {
    const answer = await session.ok("get_alerts", { location: "Austin, TX" });
    expect(answer).toMatchObject({ coverage: "nws", total: 3, returned: 3, stale: false });
    expect(answer.alerts.map(({ event }: { event: string }) => event)).toEqual([
      "Tornado Warning",
      "Heat Advisory",
      "Special Weather Statement",
    ]);
    expect(answer.alerts[0]).toMatchObject({
      ends: "2026-07-15T16:10-05:00",
      message_expires: "2026-07-15T15:40-05:00",
    });
    expect(answer.alerts[2].ends).toBeNull();
  });

  test("the alerts of a state, which may have several zones, bear the time of the office that sent them", async () => {
    const { alerts } = await session.ok("get_alerts", { state: "TX" });
    expect(alerts[0]).toMatchObject({ ends: "2026-07-15T16:10-05:00", message_expires: "2026-07-15T15:40-05:00" });
    expect(alerts[2].ends).toBeNull();
  });

  test("lower severities can be left out; an unknown one never is", async () => {
    const answer = await session.ok("get_alerts", { location: "Austin, TX", min_severity: "Extreme" });
    expect(answer.alerts.map(({ severity }: { severity: string }) => severity)).toEqual(["Extreme", "Unknown"]);
  });

  test("no alerts is said of a place that was asked about", async () => {
    const answer = await session.ok("get_alerts", { location: "Albany, NY" });
    expect(answer).toMatchObject({ coverage: "nws", total: 0, alerts: [] });
    expect(answer.summary_text).toContain("was asked and has none");
  });

  test.each([{ status: 503 }, { status: 403, html: true }, "reset", "cut-json", "html-200"] as const)(
    "a failure (%j) is an error, never an empty list",
    async (kind) => {
      session.upstream.fail("nws/alerts", kind);
      const result = await session.call("get_alerts", { location: "Albany, NY" });
      expect(result.isError).toBe(true);
      expect(errorMeta(result).upstream).toBe("nws");
    },
  );

  test("an old answer never stands in for a new one", async () => {
    await session.ok("get_alerts", { location: "Albany, NY" });
    clock.advance(61_000);
    session.upstream.fail("nws/alerts", { status: 503 });
    expect((await session.call("get_alerts", { location: "Albany, NY" })).isError).toBe(true);
  });

  test("outside the United States there is no coverage, which is not the same as safe", async () => {
    for (const place of [{ location: "Paris, FR" }, { latitude: 48.85, longitude: 2.35 }, { location: "Toronto" }]) {
      const answer = await session.ok("get_alerts", place);
      expect(answer).toMatchObject({ coverage: "none", total: 0, source: "none" });
      expect(answer.warnings[0]).toContain("says nothing about dangers");
    }
  });

  test("a whole state can be asked for; a code that is none is refused", async () => {
    expect(await session.ok("get_alerts", { state: "TX" })).toMatchObject({ area: "TX", total: 3 });
    for (const args of [{ state: "ZZ" }, { state: "TX", location: "Austin, TX" }]) {
      expect(errorMeta(await session.call("get_alerts", args))).toMatchObject({ category: "INVALID_INPUT" });
    }
  });

  test("many alerts are cut by whole ones, and the rest can be had", async () => {
    const first = await session.ok("get_alerts", { state: "FL", limit: 50 });
    expect(first).toMatchObject({ total: 60, truncated: true });
    const ids = new Set<string>();
    for (let offset: number | null = 0; offset !== null; ) {
      const part: { alerts: { id: string }[]; next_offset: number | null } = await session.ok("get_alerts", {
        state: "FL",
        limit: 50,
        offset,
      });
      for (const { id } of part.alerts) ids.add(id);
      offset = part.next_offset;
    }
    expect(ids.size).toBe(60);
  });

  test("the text names every alert that the structured form has", async () => {
    const result = await session.call("get_alerts", { location: "Austin, TX" });
    for (const word of ["Tornado Warning", "Heat Advisory", "Special Weather Statement"])
      expect(textOf(result)).toContain(word);
  });
});
