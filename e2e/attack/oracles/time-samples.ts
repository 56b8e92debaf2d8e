/** How probable it is that a sample of the first kind is longer than one of the second: 0.5 where nothing sets them apart. */
export function probabilityOfLonger(first: readonly number[], second: readonly number[]): number {
  let longer = 0;
  for (const a of first) for (const b of second) longer += a > b ? 1 : a === b ? 0.5 : 0;
  return longer / (first.length * second.length);
}
