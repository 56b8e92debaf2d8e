import { expect, it } from "vitest";
import { createPlot } from "../../src/chart/plot.ts";
import { usage } from "../usage-fixture.ts";

const plot = createPlot(usage.series, usage.previousSeries, 700, 280);

it("every interval is found under its own column, and none beside the plot", () => {
  for (let slot = 0; slot < usage.series.length; slot++) expect(plot.slotAt(plot.centerOf(slot))).toBe(slot);
  expect(plot.slotAt(plot.left - 1)).toBeUndefined();
  expect(plot.slotAt(plot.right)).toBeUndefined();
});

it("the tallest column of either period stays below the top", () => {
  for (const { succeeded, failed } of [...usage.series, ...usage.previousSeries]) {
    expect(plot.heightOf(succeeded + failed)).toBeLessThanOrEqual(plot.bottom - plot.top);
  }
});

it("columns leave a gap, and the period before never reaches into the next interval", () => {
  expect(plot.columnWidth).toBeLessThan(plot.slotWidth);
  expect(createPlot(usage.series, usage.previousSeries, 120, 280).previousWidth).toBeLessThanOrEqual(plot.slotWidth);
});
