/** What can become of one tool call, as the client sees it: a closed set. */
export const CALL_OUTCOMES = [
  "ok",
  "tool_error",
  "exception",
  "invalid_arguments",
  "invalid_output",
  "unknown_tool",
  "disabled_tool",
  "protocol_error",
  "timeout",
  "cancelled",
  "input_required",
  "elicitation_required",
  "task_created",
] as const;
export type CallOutcome = (typeof CALL_OUTCOMES)[number];

/** The guide's categories for a failed call. */
export const ERROR_CATEGORIES = [
  "MISSING_TOKEN",
  "RATE_LIMIT",
  "TIMEOUT",
  "NOT_FOUND",
  "INVALID_INPUT",
  "UNKNOWN",
] as const;
export type ErrorCategory = (typeof ERROR_CATEGORIES)[number];

/** Error types that a call outcome fixes by itself, whatever the author's categories are. */
export const OUTCOME_ERROR_TYPES = {
  invalid_arguments: "INVALID_INPUT",
  timeout: "TIMEOUT",
  cancelled: "CANCELLED",
  invalid_output: "INVALID_OUTPUT",
  disabled_tool: "DISABLED_TOOL",
  protocol_error: "PROTOCOL_ERROR",
  unknown_tool: "UNKNOWN_TOOL",
} as const satisfies Partial<Record<CallOutcome, string>>;

/** Outcomes that are not the end of a call: the final answer of that call is what counts. */
export const PENDING_OUTCOMES = ["input_required", "elicitation_required", "task_created"] as const;

/** Stands for a tool that the server has not registered: the name asked for is never sent. */
export const UNKNOWN_TOOL_NAME = "__unknown__";

/** Collects names beyond a project's cap. */
export const OTHER_NAME = "__other__";

/** Why the client gave up an event; counted in the next batch as `dropped`. */
export const DROP_REASONS = ["queue_full", "expired", "rejected", "too_large", "undeliverable"] as const;
export type DropReason = (typeof DROP_REASONS)[number];
