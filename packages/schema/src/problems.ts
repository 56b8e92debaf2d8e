/**
 * Every error answer of the collector (RFC 9457). `code` is stable and never reused; `error` is the sentence that the
 * public guide's clients look for. None carries a value from the request.
 */
export const PROBLEMS = {
  "invalid-event": { status: 400, error: "Invalid event data" },
  "no-valid-event": { status: 400, error: "Invalid event data" },
  "malformed-json": { status: 400, error: "Malformed JSON" },
  "invalid-utf8": { status: 400, error: "Body is not valid UTF-8" },
  "too-deep": { status: 400, error: "JSON is nested too deeply" },
  "conflicting-credentials": { status: 400, error: "Send either X-API-Key or Authorization, not both" },
  "bad-request": { status: 400, error: "Malformed request" },
  "key-required": { status: 401, error: "API key required" },
  "invalid-key": { status: 401, error: "Invalid API key" },
  "signature-required": { status: 401, error: "Signature required" },
  "invalid-signature": { status: 401, error: "Invalid signature" },
  "signature-expired": { status: 401, error: "Signature timestamp outside the window" },
  "signature-replayed": { status: 401, error: "Signature already used" },
  "sign-in-required": { status: 401, error: "Sign in required" },
  "key-disabled": { status: 403, error: "API key disabled" },
  forbidden: { status: 403, error: "Forbidden" },
  "not-found": { status: 404, error: "Not found" },
  "method-not-allowed": { status: 405, error: "Method not allowed" },
  "request-timeout": { status: 408, error: "Request timed out" },
  "body-too-large": { status: 413, error: "Body too large" },
  "too-many-events": { status: 413, error: "Too many events in one batch" },
  "unsupported-media-type": { status: 415, error: "Content-Type must be application/json" },
  "rate-limited": { status: 429, error: "Rate limit exceeded" },
  internal: { status: 500, error: "Internal server error" },
  "storage-unavailable": { status: 503, error: "Storage unavailable" },
  overloaded: { status: 503, error: "Overloaded" },
  "shutting-down": { status: 503, error: "Shutting down" },
} as const satisfies Record<string, { status: number; error: string }>;
export type ProblemCode = keyof typeof PROBLEMS;

/** Where a code is documented: served by the collector itself, relative to its origin. */
export const PROBLEM_DOCS_PATH = "/problems/";

/** Why one event of a batch was refused; the reason names the rule, never the value. */
export const REJECT_REASONS = [
  "not_an_object",
  "unknown_field",
  "missing_field",
  "invalid_tool",
  "invalid_success",
  "invalid_error_type",
  "invalid_timestamp",
  "stale_timestamp",
  "future_timestamp",
  "invalid_duration",
] as const;
export type RejectReason = (typeof REJECT_REASONS)[number];

/** The reason for a field that breaks its rule, by the name of the field. Where several do, the first one here is reported. */
export const FIELD_REJECT_REASONS = {
  tool: "invalid_tool",
  success: "invalid_success",
  errorType: "invalid_error_type",
  durationMs: "invalid_duration",
  timestamp: "invalid_timestamp",
} as const satisfies Readonly<Record<string, RejectReason>>;
