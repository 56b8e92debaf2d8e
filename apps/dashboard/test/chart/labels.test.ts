import { describe, expect, it } from "vitest";
import { axisLabels } from "../../src/chart/labels.ts";
import { usage } from "../usage-fixture.ts";

const HOUR_MS = 3_600_000;

function hours(firstAt: string, count: number) {
  const firstMs = Date.parse(firstAt);
  return Array.from({ length: count }, (_, i) => ({
    startAt: firstMs + i * HOUR_MS,
    endAt: firstMs + (i + 1) * HOUR_MS,
    succeeded: 0,
    failed: 0,
  }));
}

describe("labels under the chart", () => {
  it("a week has one for every day", () => {
    const texts = axisLabels(usage.series, "day", usage.timeZone, 800).map(({ text }) => text);
    expect(texts).toEqual(["Wed 25", "Thu 26", "Fri 27", "Sat 28", "Sun 29", "Mon 30", "Tue 31"]);
  });

  it("the newest interval keeps its label however narrow it gets", () => {
    expect(axisLabels(usage.series, "day", usage.timeZone, 200).at(-1)).toEqual({ slot: 6, text: "Tue 31" });
  });

  it("a day by hour shows times of the zone", () => {
    const labels = axisLabels(hours("2026-07-14T18:30:00Z", 24), "hour", "Asia/Kolkata", 2_000);
    expect(labels[0]).toEqual({ slot: 0, text: "00:00" });
    expect(labels).toHaveLength(24);
  });

  it("a week by hour shows where each day begins, also when it begins at 01:00", () => {
    const week = axisLabels(hours("2026-07-09T04:00:00Z", 168), "hour", "Europe/Berlin", 2_000);
    expect(week.map(({ text }) => text)).toEqual([
      "Fri 10",
      "Sat 11",
      "Sun 12",
      "Mon 13",
      "Tue 14",
      "Wed 15",
      "Thu 16",
    ]);
    const santiago = axisLabels(hours("2025-09-05T04:00:00Z", 72), "hour", "America/Santiago", 2_000);
    expect(santiago.map(({ text }) => text)).toEqual(["Sat 6", "Sun 7", "Mon 8"]);
  });
});
