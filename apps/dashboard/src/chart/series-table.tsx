import type { Usage } from "../api/usage.ts";
import { formatShare, formatWhole, successRate } from "../format/number.ts";
import { formatSlot } from "../format/time.ts";
import { callsOf } from "./plot.ts";

/** The numbers of the chart as a table, newest first: for screen readers, for print, for whoever wants them exactly. */
export function SeriesTable({ usage }: { usage: Usage }) {
  const { series, previousSeries, interval, timeZone } = usage;
  const rows = series
    .map((slot, i) => ({ slot, previous: previousSeries[i], isOpen: i === series.length - 1 }))
    .reverse();
  return (
    <details className="series">
      <summary>Show as a table</summary>
      <div className="scroll">
        <table>
          <caption className="visually-hidden">Calls by {interval}, newest first</caption>
          <thead>
            <tr>
              <th scope="col">{interval === "day" ? "Day" : "Hour"}</th>
              <th scope="col" className="number">
                Calls
              </th>
              <th scope="col" className="number">
                Failed
              </th>
              <th scope="col" className="number">
                Success rate
              </th>
              {previousSeries.length > 0 && (
                <th scope="col" className="number">
                  Period before
                </th>
              )}
            </tr>
          </thead>
          <tbody>
            {rows.map(({ slot, previous, isOpen }) => (
              <tr key={slot.startAt}>
                <th scope="row">
                  {formatSlot(slot, interval, timeZone)} {isOpen && <span className="tag">so far</span>}
                </th>
                <td className="number">{formatWhole(callsOf(slot))}</td>
                <td className="number">{formatWhole(slot.failed)}</td>
                <td className="number">{formatShare(successRate(slot))}</td>
                {previous !== undefined && <td className="number">{formatWhole(callsOf(previous))}</td>}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}
