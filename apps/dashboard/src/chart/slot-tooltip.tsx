import type { Usage } from "../api/usage.ts";
import { formatShare, formatWhole, successRate } from "../format/number.ts";
import { formatSlot } from "../format/time.ts";
import { callsOf, type Plot } from "./plot.ts";

/** One interval as a sentence, for a screen reader. */
export function slotInWords({ series, interval, timeZone }: Usage, index: number): string {
  const slot = series[index];
  if (slot === undefined) return "";
  const unfinished = index === series.length - 1 ? ", unfinished" : "";
  const when = formatSlot(slot, interval, timeZone);
  return `${when}${unfinished}: ${formatWhole(callsOf(slot))} calls, ${formatWhole(slot.failed)} failed`;
}

/** The numbers of one interval, floating beside its column. */
export function SlotTooltip({ usage, slot: index, plot }: { usage: Usage; slot: number; plot: Plot }) {
  const { series, previousSeries, interval, timeZone } = usage;
  const slot = series[index];
  const previous = previousSeries[index];
  if (slot === undefined) return null;
  const center = plot.centerOf(index);
  const isLeft = center > plot.widthPx / 2;
  const style = isLeft
    ? { right: `${plot.widthPx - center + plot.slotWidth / 2 + 8}px` }
    : { left: `${center + plot.slotWidth / 2 + 8}px` };
  return (
    <div className="tooltip" style={style} aria-hidden="true">
      <p className="tooltip-title">
        {formatSlot(slot, interval, timeZone)}
        {index === series.length - 1 && <span className="tag">so far</span>}
      </p>
      <dl>
        <dt>
          <i className="key key-succeeded" /> Succeeded
        </dt>
        <dd>{formatWhole(slot.succeeded)}</dd>
        <dt>
          <i className="key key-failed" /> Failed
        </dt>
        <dd>{formatWhole(slot.failed)}</dd>
        <dt>Success rate</dt>
        <dd>{formatShare(successRate(slot))}</dd>
        {previous !== undefined && (
          <>
            <dt className="tooltip-previous">
              <i className="key key-previous" /> {formatSlot(previous, interval, timeZone)}
            </dt>
            <dd className="tooltip-previous">{formatWhole(callsOf(previous))}</dd>
          </>
        )}
      </dl>
    </div>
  );
}
