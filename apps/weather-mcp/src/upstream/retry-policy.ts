/** Two retries after the first attempt. */
export const MAX_RETRIES = 2;
const BACKOFF_MIN_MS = 300;
const BACKOFF_MAX_MS = 2_000;

/** Full jitter: anywhere between the bounds, so that clients that failed together do not return together. */
export function backoffMs(random: () => number): number {
  return BACKOFF_MIN_MS + random() * (BACKOFF_MAX_MS - BACKOFF_MIN_MS);
}

/** A service is never left alone for longer on its own word: a slip in its header must not switch it off for good. */
const MAX_RETRY_AFTER_MS = 24 * 3_600_000;

/**
 * Milliseconds that a `Retry-After` header asks for (seconds or an HTTP date), at most a day; undefined when there is none
 * that can be read.
 */
export function retryAfterMs(header: string | null, nowMs: number): number | undefined {
  if (header === null) return undefined;
  const text = header.trim();
  const askedMs = /^\d{1,12}$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - nowMs;
  return Number.isNaN(askedMs) ? undefined : Math.min(MAX_RETRY_AFTER_MS, Math.max(0, askedMs));
}
