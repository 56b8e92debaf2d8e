/** A warning when a page was asked for that lies behind the last row; none otherwise. */
export function pastEndWarnings(offset: number, total: number): string[] {
  return offset > 0 && offset >= total ? [`Nothing is left from offset ${offset} on: there are ${total}, from 0.`] : [];
}
