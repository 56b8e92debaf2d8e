/**
 * Bounds of the wire contract. Units stand at the end of each name; lengths are in characters unless a unit says otherwise.
 * Every limit is enforced by the collector; the client uses them to stay inside.
 */

/** Longest tool name on the wire; a longer registered name is sent as its first 50 characters. */
export const MAX_TOOL_NAME_LENGTH = 50;

/** Longest `errorType`. */
export const MAX_ERROR_TYPE_LENGTH = 50;

/** Most events in one batch. */
export const MAX_EVENTS_PER_BATCH = 100;

/** Largest body of `POST /v1/events`. */
export const MAX_EVENT_BYTES = 1024;

/** Largest body of `POST /v1/events/batch`. */
export const MAX_BATCH_BYTES = 64 * 1024;

/** Oldest event accepted, counted back from the moment the collector validates it. */
export const MAX_EVENT_AGE_MS = 60_000;

/** How far an event's timestamp may lie in the future of the collector's clock. */
export const MAX_EVENT_LEAD_MS = 1_000;

/** Window of `X-Timestamp` around the collector's clock, in both directions. */
export const SIGNATURE_WINDOW_MS = 60_000;

/** Longest duration that can be reported: one day. */
export const MAX_DURATION_MS = 86_400_000;

/** Largest count of one drop reason in one batch. */
export const MAX_DROPPED_COUNT = 1_000_000;

/** Deepest nesting of a body; the contract itself needs three. */
export const MAX_JSON_DEPTH = 4;
