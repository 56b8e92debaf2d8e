/** Failures in a row after which the breaker opens. */
export const BREAKER_THRESHOLD = 5;

/** Longest pause. */
const LONGEST_PAUSE_MS = 300_000;

/**
 * How long to leave the collector alone after its `failures`-th failure in a row (1 = the first): full jitter up to 1, 2,
 * 4 and 8 s, then the breaker's pauses of 30 s to 5 min, of which at least half is always waited. One attempt ends a pause.
 *
 * @param random 0 to 1
 */
export function backoffMs(failures: number, random: number): number {
  return failures < BREAKER_THRESHOLD
    ? random * 500 * 2 ** failures
    : ((1 + random) / 2) * Math.min(LONGEST_PAUSE_MS, 30_000 * 2 ** (failures - BREAKER_THRESHOLD));
}
