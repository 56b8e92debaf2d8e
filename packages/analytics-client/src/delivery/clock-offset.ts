import { MAX_EVENT_LEAD_MS } from "@org/mcp-analytics-schema/constants";

/**
 * What to add to this machine's clock to get the collector's, from the `Date` of an answer; 0 where the two agree well
 * enough, undefined where the header is missing or no date.
 *
 * @param sentAt when the request went out, Unix milliseconds here
 * @param receivedAt when the answer came
 */
export function clockOffsetMs(date: string | undefined, sentAt: number, receivedAt: number): number | undefined {
  const theirs = Date.parse(date ?? "");
  if (Number.isNaN(theirs)) return undefined;
  // The header counts whole seconds, so the middle of that second is the best guess.
  const offset = Math.round(theirs + 500 - (sentAt + receivedAt) / 2);
  // Within what the header can tell and the collector forgives, this clock is the better one.
  return Math.abs(offset) < MAX_EVENT_LEAD_MS ? 0 : offset;
}
