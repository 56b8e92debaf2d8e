/** Failures in a row after which the breaker opens. */
export const BREAKER_THRESHOLD = 5;

const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 15_000;
const FIRST_PAUSE_MS = 30_000;
const LONGEST_PAUSE_MS = 300_000;

/**
 * How long to leave the collector alone after its `failures`-th failure in a row (1 = the first): full jitter below the
 * threshold, then the breaker's pauses, of which at least half is always waited. After a pause one attempt probes.
 *
 * @param random 0 to 1
 */
export function backoffMs(failures: number, random: number): number {
  if (failures < BREAKER_THRESHOLD) {
    return Math.round(random * Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** (failures - 1)));
  }
  const pause = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (failures - BREAKER_THRESHOLD));
  return Math.round((pause * (1 + random)) / 2);
}
