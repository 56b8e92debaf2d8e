export { createAnalytics } from "./analytics.ts";
export { defaultAnalytics, trackEvent, trackFailure, trackSuccess } from "./default-analytics.ts";
export { instrument } from "./instrument/instrument.ts";
export { noteError } from "./instrument/note-error.ts";
export type {
  Analytics,
  AnalyticsOptions,
  ConsentReason,
  Environment,
  ErrorCategory,
  FlushOptions,
  Level,
  TrackedEvent,
} from "./types.ts";
