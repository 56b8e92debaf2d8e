/** A time span with an exclusive end, in Unix milliseconds. */
export interface Interval {
  readonly startMs: number;
  readonly endMs: number;
}

/**
 * Reads the NWS form `2026-07-15T12:00:00+00:00/PT6H` (an instant and an ISO 8601 duration of days, hours and minutes).
 * Undefined when it is not one.
 */
export function parseInterval(text: string): Interval | undefined {
  const [start = "", duration = ""] = text.split("/");
  const startMs = Date.parse(start);
  const match = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?)?$/.exec(duration);
  if (Number.isNaN(startMs) || !match) return undefined;
  const [, days = "0", hours = "0", minutes = "0"] = match;
  return { startMs, endMs: startMs + ((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * 60_000 };
}

/** Milliseconds that both spans share. */
export function overlapMs(a: Interval, b: Interval): number {
  return Math.max(0, Math.min(a.endMs, b.endMs) - Math.max(a.startMs, b.startMs));
}
