import type { Calls, Slot } from "../api/usage.ts";
import { countTicks } from "./scale.ts";

const MARGIN = { top: 12, right: 4, bottom: 28, left: 44 } as const;
const COLUMN_SHARE = 0.62;
const WIDEST_COLUMN_PX = 48;
/** How far the column of the period before looks out on either side. */
const WIDEST_OVERHANG_PX = 7;

/** Where everything of the chart stands, in pixels of its drawing. */
export interface Plot {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  readonly slotWidth: number;
  readonly columnWidth: number;
  readonly previousWidth: number;
  readonly ticks: readonly number[];
  /** height of a count above the base line */
  heightOf(count: number): number;
  /** middle of an interval */
  centerOf(slot: number): number;
  /** the interval under a horizontal position, or undefined beside the plot */
  slotAt(x: number): number | undefined;
}

export const callsOf = ({ succeeded, failed }: Calls): number => succeeded + failed;

/** Lays the chart out for its width, so that both series fit. */
export function createPlot(
  series: readonly Slot[],
  previous: readonly Slot[],
  widthPx: number,
  heightPx: number,
): Plot {
  const most = Math.max(0, ...series.map(callsOf), ...previous.map(callsOf));
  const ticks = countTicks(most);
  const highest = ticks[ticks.length - 1] as number;
  const left = MARGIN.left;
  const right = Math.max(left + 1, widthPx - MARGIN.right);
  const bottom = heightPx - MARGIN.bottom;
  const slotWidth = (right - left) / series.length;
  const columnWidth = Math.min(WIDEST_COLUMN_PX, slotWidth * COLUMN_SHARE);
  return {
    widthPx,
    heightPx,
    left,
    right,
    top: MARGIN.top,
    bottom,
    slotWidth,
    columnWidth,
    previousWidth: columnWidth + Math.min(2 * WIDEST_OVERHANG_PX, 0.75 * (slotWidth - columnWidth)),
    ticks,
    heightOf: (count) => (count / highest) * (bottom - MARGIN.top),
    centerOf: (slot) => left + (slot + 0.5) * slotWidth,
    slotAt: (x) => (x < left || x >= right ? undefined : Math.floor((x - left) / slotWidth)),
  };
}
