/** Where the process stands in its life; one per app, read by readiness and by every request. */
export interface Lifecycle {
  /** A shutdown was announced: readiness says no, requests are still served. */
  draining: boolean;
  /** `close()` has begun: requests that arrive on open connections are sent elsewhere. */
  closing: boolean;
}

export function createLifecycle(): Lifecycle {
  return { draining: false, closing: false };
}
