interface SegmentedProps<Value extends string> {
  readonly legend: string;
  readonly options: readonly { readonly value: Value; readonly label: string; readonly fullLabel?: string }[];
  readonly value: Value;
  readonly onChange: (value: Value) => void;
}

/** One choice of a few, side by side; radio buttons underneath, so arrow keys and screen readers know what to do. */
export function Segmented<Value extends string>({ legend, options, value, onChange }: SegmentedProps<Value>) {
  return (
    <fieldset className="segmented">
      <legend className="visually-hidden">{legend}</legend>
      {options.map((option) => (
        <label key={option.value}>
          <input
            type="radio"
            name={legend}
            className="visually-hidden"
            checked={option.value === value}
            onChange={() => onChange(option.value)}
            aria-label={option.fullLabel}
          />
          <span>{option.label}</span>
        </label>
      ))}
    </fieldset>
  );
}
