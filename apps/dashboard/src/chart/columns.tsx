import type { Slot } from "../api/usage.ts";
import { callsOf, type Plot } from "./plot.ts";
import { columnPath } from "./scale.ts";

const RADIUS_PX = 4;
/** A failure is never too small to see. */
const LEAST_HEIGHT_PX = 2;

const round = (px: number) => Math.round(px * 100) / 100;

function Column({ slot, index, plot, isOpen }: { slot: Slot; index: number; plot: Plot; isOpen: boolean }) {
  const x = round(plot.centerOf(index) - plot.columnWidth / 2);
  const width = round(plot.columnWidth);
  const all = round(Math.max(plot.heightOf(callsOf(slot)), LEAST_HEIGHT_PX));
  const failed = slot.failed === 0 ? 0 : round(Math.max(plot.heightOf(slot.failed), LEAST_HEIGHT_PX));
  const succeeded = slot.succeeded === 0 ? 0 : Math.max(all - failed, LEAST_HEIGHT_PX);
  const top = plot.bottom - succeeded - failed;
  return (
    <g className={isOpen ? "column column-open" : "column"}>
      {failed > 0 && <path className="fill-failed" d={columnPath(x, top, width, failed, RADIUS_PX)} />}
      {succeeded > 0 && (
        <path
          className="fill-succeeded"
          d={columnPath(x, top + failed, width, succeeded, failed > 0 ? 0 : RADIUS_PX)}
        />
      )}
      {isOpen && <path fill="url(#unfinished)" d={columnPath(x, top, width, succeeded + failed, RADIUS_PX)} />}
    </g>
  );
}

/** The period before: a pale column behind each of the others. */
export function PreviousColumns({ series, plot }: { series: readonly Slot[]; plot: Plot }) {
  const { previousWidth: width } = plot;
  return series.map((slot, index) => {
    const height = round(plot.heightOf(callsOf(slot)));
    if (height === 0) return null;
    const x = round(plot.centerOf(index) - width / 2);
    const path = columnPath(x, plot.bottom - height, round(width), height, RADIUS_PX);
    return <path key={slot.startAt} className="fill-previous" d={path} />;
  });
}

/** One column an interval: calls that worked below, failed ones on top; the interval that still runs is hatched. */
export function Columns({ series, plot }: { series: readonly Slot[]; plot: Plot }) {
  return series.map((slot, index) =>
    callsOf(slot) === 0 ? null : (
      <Column key={slot.startAt} slot={slot} index={index} plot={plot} isOpen={index === series.length - 1} />
    ),
  );
}
