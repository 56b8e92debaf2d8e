const whole = new Intl.NumberFormat("en");
const compact = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });
const oneDigit = new Intl.NumberFormat("en", { minimumFractionDigits: 1, maximumFractionDigits: 1 });

/** Stands where there is no number to show. */
export const NO_VALUE = "–";

/** `8,412`; from a million on `1.2M`. */
export function formatCount(count: number): string {
  return count < 1_000_000 ? whole.format(count) : compact.format(count);
}

/** `8,412`, however large. */
export function formatWhole(count: number): string {
  return whole.format(count);
}

/** For an axis: `500`, `1.5K`. */
export function formatAxisCount(count: number): string {
  return count < 1_000 ? whole.format(count) : compact.format(count);
}

/** Share of calls that worked, 0..1; undefined without calls. */
export function successRate(calls: { succeeded: number; failed: number }): number | undefined {
  const all = calls.succeeded + calls.failed;
  return all === 0 ? undefined : calls.succeeded / all;
}

/** `97.2%`, rounded; but only a share that is whole reads `100%`, and only one that is nothing `0%`. */
export function formatShare(share: number | undefined): string {
  if (share === undefined) return NO_VALUE;
  if (share === 1) return "100%";
  if (share === 0) return "0%";
  const perMille = share * 1000;
  return perMille < 1 ? "<0.1%" : `${oneDigit.format(Math.min(999, Math.round(perMille)) / 10)}%`;
}

/** How a number moved: the sign, and the size as text. */
export interface Change {
  readonly direction: "up" | "down" | "same";
  readonly size: string;
}

function changeOf(difference: number, size: string): Change {
  return { direction: difference > 0 ? "up" : difference < 0 ? "down" : "same", size };
}

/** Change of a count in percent; undefined where there was nothing before. */
export function countChange(current: number, previous: number): Change | undefined {
  if (previous === 0) return undefined;
  const percent = ((current - previous) / previous) * 100;
  const size =
    Math.abs(percent) >= 10 ? whole.format(Math.round(Math.abs(percent))) : oneDigit.format(Math.abs(percent));
  if (size === "0.0") return changeOf(0, "0%");
  return percent > 999 ? changeOf(percent, `${oneDigit.format(current / previous)}×`) : changeOf(percent, `${size}%`);
}

/** Change between two shares in percentage points; undefined where either is. */
export function shareChange(current: number | undefined, previous: number | undefined): Change | undefined {
  if (current === undefined || previous === undefined) return undefined;
  const points = (current - previous) * 100;
  const size = oneDigit.format(Math.abs(points));
  return size === "0.0" ? changeOf(0, "0 pts") : changeOf(points, `${size} pts`);
}

/** Difference of two small counts. */
export function differenceChange(current: number, previous: number): Change {
  return changeOf(current - previous, whole.format(Math.abs(current - previous)));
}
