import { type KeyboardEvent, type PointerEvent, useMemo, useState } from "react";
import type { Usage } from "../api/usage.ts";
import { formatAxisCount } from "../format/number.ts";
import { Columns, PreviousColumns } from "./columns.tsx";
import { type AxisLabel, axisLabels } from "./labels.ts";
import { createPlot, type Plot } from "./plot.ts";
import { SlotTooltip, slotInWords } from "./slot-tooltip.tsx";
import { useWidth } from "./use-width.ts";

const HEIGHT_PX = 280;
const LABEL_HALF_PX = 24;

function movedTo(key: string, active: number | undefined, last: number): number | undefined {
  if (key === "ArrowLeft") return Math.max(0, (active ?? last + 1) - 1);
  if (key === "ArrowRight") return Math.min(last, (active ?? last) + 1);
  if (key === "Home") return 0;
  if (key === "End") return last;
  return undefined;
}

function Grid({ plot }: { plot: Plot }) {
  return plot.ticks.map((tick) => {
    const y = Math.round(plot.bottom - plot.heightOf(tick)) + 0.5;
    return (
      <g key={tick}>
        <line className={tick === 0 ? "base-line" : "grid-line"} x1={plot.left} x2={plot.right} y1={y} y2={y} />
        <text className="axis-label" x={plot.left - 8} y={y} dy="0.32em" textAnchor="end">
          {formatAxisCount(tick)}
        </text>
      </g>
    );
  });
}

function SlotLabels({ labels, plot }: { labels: readonly AxisLabel[]; plot: Plot }) {
  return labels.map(({ slot, text }) => {
    // A label in the middle of the last column would be cut off where the columns are narrow.
    const isAtEdge = plot.right - plot.centerOf(slot) < LABEL_HALF_PX;
    const x = isAtEdge ? plot.right : plot.centerOf(slot);
    return (
      <text key={slot} className="axis-label" x={x} y={plot.bottom + 20} textAnchor={isAtEdge ? "end" : "middle"}>
        {text}
      </text>
    );
  });
}

/** Calls over time as columns, the period before as pale ones behind them. The same numbers stand in a table below it. */
export function CallsChart({ usage }: { usage: Usage }) {
  const { series, previousSeries, interval, timeZone } = usage;
  const [ref, widthPx] = useWidth<HTMLDivElement>();
  const [active, setActive] = useState<number>();
  const plot = useMemo(() => createPlot(series, previousSeries, widthPx, HEIGHT_PX), [series, previousSeries, widthPx]);
  const labels = useMemo(
    () => axisLabels(series, interval, timeZone, plot.right - plot.left),
    [series, interval, timeZone, plot],
  );
  const last = series.length - 1;
  const shown = active === undefined || active > last ? undefined : active;

  function onKeyDown(event: KeyboardEvent) {
    if (event.key === "Escape") setActive(undefined);
    const next = movedTo(event.key, shown, last);
    if (next === undefined) return;
    event.preventDefault();
    setActive(next);
  }

  function onPointerMove(event: PointerEvent) {
    setActive(plot.slotAt(event.clientX - event.currentTarget.getBoundingClientRect().left));
  }

  return (
    <div
      ref={ref}
      className="chart"
      role="slider"
      tabIndex={0}
      aria-label="Calls over time: use the arrow keys to read one interval at a time"
      aria-valuemin={0}
      aria-valuemax={last}
      aria-valuenow={shown ?? last}
      aria-valuetext={slotInWords(usage, shown ?? last)}
      onKeyDown={onKeyDown}
      onBlur={() => setActive(undefined)}
      onPointerMove={onPointerMove}
      onPointerDown={onPointerMove}
      onPointerLeave={() => setActive(undefined)}
    >
      {widthPx > 0 && (
        <svg width={widthPx} height={HEIGHT_PX} aria-hidden="true">
          <defs>
            <pattern id="unfinished" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
              <rect className="hatch" width="3" height="6" />
            </pattern>
          </defs>
          {shown !== undefined && (
            <rect
              className="active-slot"
              x={plot.centerOf(shown) - plot.slotWidth / 2}
              y={plot.top}
              width={plot.slotWidth}
              height={plot.bottom - plot.top}
            />
          )}
          <Grid plot={plot} />
          <PreviousColumns series={previousSeries} plot={plot} />
          <Columns series={series} plot={plot} />
          <SlotLabels labels={labels} plot={plot} />
        </svg>
      )}
      {shown !== undefined && <SlotTooltip usage={usage} slot={shown} plot={plot} />}
    </div>
  );
}
