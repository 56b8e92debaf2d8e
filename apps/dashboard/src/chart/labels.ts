import type { Interval, Slot } from "../api/usage.ts";
import { formatClock, formatDate, formatWeekday } from "../format/time.ts";
import { labelStep } from "./scale.ts";

export interface AxisLabel {
  /** index of the interval that the label stands under */
  readonly slot: number;
  readonly text: string;
}

const HOURS_SHOWN_BY_DAY = 48;
const LABEL_SPACING_PX = 66;

function candidates(slots: readonly Slot[], interval: Interval, timeZone: string): AxisLabel[] {
  const labels = slots.map(({ startAt }, slot) => ({ slot, startAt, clock: formatClock(startAt, timeZone) }));
  if (interval === "hour" && slots.length <= HOURS_SHOWN_BY_DAY) {
    return labels.map(({ slot, clock }) => ({ slot, text: clock }));
  }
  const format = interval === "hour" || slots.length <= 7 ? formatWeekday : formatDate;
  // Hour by hour over days, a label stands where a day begins; a day may begin at 01:00 where clocks change at midnight.
  const days =
    interval === "day" ? labels : labels.filter(({ clock }, i) => i > 0 && clock < (labels[i - 1]?.clock ?? ""));
  return days.map(({ slot, startAt }) => ({ slot, text: format(startAt, timeZone) }));
}

/** Labels under the chart, thinned out to what the width has room for; the last one always stays. */
export function axisLabels(slots: readonly Slot[], interval: Interval, timeZone: string, widthPx: number): AxisLabel[] {
  const all = candidates(slots, interval, timeZone);
  const step = labelStep(all.length, widthPx, LABEL_SPACING_PX);
  return all.filter((_, i) => (all.length - 1 - i) % step === 0);
}
