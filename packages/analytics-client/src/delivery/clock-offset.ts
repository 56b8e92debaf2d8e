/**
 * What to add to this machine's clock to get the collector's, by the `Date` of an answer; NaN where that is no date. The
 * header counts whole seconds, so the middle of its second is taken, and half a second either way means nothing.
 *
 * @param sentAt when the request went out, Unix milliseconds here
 * @param receivedAt when the answer came
 */
export function clockOffsetMs(date = "", sentAt: number, receivedAt: number): number {
  return Math.round(Date.parse(date) + 500 - (sentAt + receivedAt) / 2);
}
