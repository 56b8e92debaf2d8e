import { INTERVALS, INTERVALS_OF, type Interval, RANGES, type Range, type Usage } from "../api/usage.ts";
import { isTimeZone } from "../format/time.ts";

/** What the page shows; all of it stands in the URL, so a link shows the same. */
export interface View {
  readonly range: Range;
  readonly interval: Interval;
  readonly timeZone: string;
}

const DEFAULT_RANGE: Range = "7d";

const isRange = (text: string | null): text is Range => RANGES.some((range) => range === text);
const isInterval = (text: string | null): text is Interval => INTERVALS.some((interval) => interval === text);

/** Reads a query string; what it lacks, or what makes no sense, falls back to the default. */
export function parseView(search: string, ownTimeZone: string): View {
  const query = new URLSearchParams(search);
  const asked = { range: query.get("range"), interval: query.get("interval"), timeZone: query.get("tz") };
  const range = isRange(asked.range) ? asked.range : DEFAULT_RANGE;
  const offered = INTERVALS_OF[range];
  const interval = isInterval(asked.interval) && offered.includes(asked.interval) ? asked.interval : offered[0];
  const timeZone = asked.timeZone !== null && isTimeZone(asked.timeZone) ? asked.timeZone : ownTimeZone;
  return { range, interval, timeZone };
}

/** Query string of a view, without what is the default anyway; empty, or starting with `?`. */
export function formatView(view: View, ownTimeZone: string): string {
  const query = new URLSearchParams();
  if (view.range !== DEFAULT_RANGE) query.set("range", view.range);
  if (view.interval !== INTERVALS_OF[view.range][0]) query.set("interval", view.interval);
  if (view.timeZone !== ownTimeZone) query.set("tz", view.timeZone);
  const text = query.toString();
  return text === "" ? "" : `?${text}`;
}

/** The view as it can be shown: a link may ask for a range that is longer than events are kept. */
export function keptView(view: View, { ranges, range, interval }: Pick<Usage, "ranges" | "range" | "interval">): View {
  return ranges.includes(view.range) ? view : { ...view, range, interval };
}

/** The same view over another range, by an interval which that range offers. */
export function withRange(view: View, range: Range): View {
  const offered = INTERVALS_OF[range];
  return { ...view, range, interval: range === view.range ? view.interval : offered[0] };
}
