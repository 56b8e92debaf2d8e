import { createAnalytics } from "./analytics.ts";
import type { Analytics, TrackedEvent } from "./types.ts";

let shared: Analytics | undefined;

/** The analytics object of this process, made from the environment on first use. */
export function defaultAnalytics(): Analytics {
  shared ??= createAnalytics();
  return shared;
}

/** Reports one finished call to {@link defaultAnalytics}. */
export function trackEvent(event: TrackedEvent): void {
  defaultAnalytics().trackEvent(event);
}

/** Reports a call that worked to {@link defaultAnalytics}. */
export function trackSuccess(toolName: string): void {
  defaultAnalytics().trackSuccess(toolName);
}

/** Reports a call that failed to {@link defaultAnalytics}; an `errorType` outside the closed list is sent as `UNKNOWN`. */
export function trackFailure(toolName: string, errorType: string): void {
  defaultAnalytics().trackFailure(toolName, errorType);
}
