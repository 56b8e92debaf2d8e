import { RANGES } from "../api/usage.ts";
import { Segmented } from "../parts/segmented.tsx";
import { type View, withRange } from "../view/view.ts";
import { RANGE_LABELS } from "./range-words.ts";

const OPTIONS = RANGES.map((range) => ({
  value: range,
  label: range.replace("h", " h").replace("d", " d"),
  fullLabel: `Last ${RANGE_LABELS[range]}`,
}));

export function RangePicker({ view, onChange }: { view: View; onChange: (view: View) => void }) {
  return (
    <Segmented
      legend="Time range"
      options={OPTIONS}
      value={view.range}
      onChange={(range) => onChange(withRange(view, range))}
    />
  );
}
