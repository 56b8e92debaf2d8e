/** Ticks of a count axis: whole steps of 1, 2 or 5 times a power of ten, from 0 up to at least `max`. */
export function countTicks(max: number, most = 5): number[] {
  const rough = Math.max(max, 1) / most;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = Math.max(1, [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= rough) as number);
  const steps = Math.ceil(Math.max(max, 1) / step);
  return Array.from({ length: steps + 1 }, (_, i) => i * step);
}

/**
 * Every how-manieth label of an axis fits: the smallest step with at least `spacingPx` between two labels.
 *
 * @param labels number of labels, evenly spread over `widthPx`
 */
export function labelStep(labels: number, widthPx: number, spacingPx: number): number {
  return widthPx <= 0 ? labels : Math.max(1, Math.ceil((labels * spacingPx) / widthPx));
}

/** Outline of a column with a rounded top; coordinates in pixels, `y` its top edge. */
export function columnPath(x: number, y: number, width: number, height: number, radiusPx: number): string {
  const r = Math.min(radiusPx, width / 2, height);
  return [
    `M${x} ${y + height}`,
    `V${y + r}`,
    `Q${x} ${y} ${x + r} ${y}`,
    `H${x + width - r}`,
    `Q${x + width} ${y} ${x + width} ${y + r}`,
    `V${y + height}`,
    "Z",
  ].join("");
}
