/** Two retries after the first attempt. */
export const MAX_RETRIES = 2;
const BACKOFF_MIN_MS = 300;
const BACKOFF_MAX_MS = 2_000;

/** Full jitter: anywhere between the bounds, so that clients that failed together do not return together. */
export function backoffMs(random: () => number): number {
  return BACKOFF_MIN_MS + random() * (BACKOFF_MAX_MS - BACKOFF_MIN_MS);
}

/** Milliseconds that a `Retry-After` header asks for (seconds or an HTTP date); undefined when there is none that can be read. */
export function retryAfterMs(header: string | null, nowMs: number): number | undefined {
  if (header === null) return undefined;
  const text = header.trim();
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1_000;
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : Math.max(0, at - nowMs);
}
