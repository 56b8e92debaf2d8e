import { RANGES, type Range } from "../api/usage.ts";
import { Segmented } from "../parts/segmented.tsx";
import { type View, withRange } from "../view/view.ts";
import { RANGE_LABELS } from "./range-words.ts";

const OPTIONS = RANGES.map((range) => ({
  value: range,
  label: range.replace("h", " h").replace("d", " d"),
  fullLabel: `Last ${RANGE_LABELS[range]}`,
}));

interface RangePickerProps {
  readonly view: View;
  readonly ranges: readonly Range[];
  readonly onChange: (view: View) => void;
}

/** The ranges to choose from; one that reaches behind what is kept is not among them. */
export function RangePicker({ view, ranges, onChange }: RangePickerProps) {
  return (
    <Segmented
      legend="Time range"
      options={OPTIONS.filter(({ value }) => ranges.includes(value))}
      value={view.range}
      onChange={(range) => onChange(withRange(view, range))}
    />
  );
}
