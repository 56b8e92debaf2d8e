import { INTERVALS_OF, type Usage } from "../api/usage.ts";
import { CallsChart } from "../chart/calls-chart.tsx";
import { callsOf } from "../chart/plot.ts";
import { SeriesTable } from "../chart/series-table.tsx";
import { Segmented } from "../parts/segmented.tsx";
import type { View } from "../view/view.ts";
import { previousInWords } from "./range-words.ts";

const LABELS = { hour: "By hour", day: "By day" } as const;
const OPEN_LABELS = { hour: "This hour so far", day: "Today so far" } as const;

function Legend({ usage }: { usage: Usage }) {
  return (
    <ul className="legend">
      <li>
        <i className="key key-succeeded" /> Succeeded
      </li>
      <li>
        <i className="key key-failed" /> Failed
      </li>
      <li>
        <i className="key key-unfinished" /> {OPEN_LABELS[usage.interval]}
      </li>
      {usage.previousSeries.some((slot) => callsOf(slot) > 0) && (
        <li>
          <i className="key key-previous" /> {previousInWords(usage.range).replace("p", "P")}
        </li>
      )}
    </ul>
  );
}

export function CallsPanel({ usage, view, onChange }: { usage: Usage; view: View; onChange: (view: View) => void }) {
  const offered = INTERVALS_OF[view.range];
  return (
    <section className="panel" aria-labelledby="calls-title">
      <div className="panel-head">
        <h2 id="calls-title">Calls over time</h2>
        <Legend usage={usage} />
        {offered.length > 1 && (
          <Segmented
            legend="Interval"
            options={offered.map((value) => ({ value, label: LABELS[value] }))}
            value={view.interval}
            onChange={(interval) => onChange({ ...view, interval })}
          />
        )}
      </div>
      <CallsChart usage={usage} />
      <SeriesTable usage={usage} />
    </section>
  );
}
