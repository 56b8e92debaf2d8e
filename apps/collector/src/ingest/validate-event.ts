import {
  ERROR_TYPE_PATTERN,
  MAX_DURATION_MS,
  MAX_EVENT_AGE_MS,
  MAX_EVENT_LEAD_MS,
  type RejectReason,
  TOOL_PATTERN,
} from "@org/mcp-analytics-schema";

const TOOL = new RegExp(TOOL_PATTERN);
const ERROR_TYPE = new RegExp(ERROR_TYPE_PATTERN);

const FIELDS: ReadonlySet<string> = new Set(["tool", "success", "errorType", "timestamp", "durationMs"]);

/**
 * Checks one event of a parsed body. It says the same as `EventSchema` (a test holds them together) plus the time window,
 * in one pass and with the reason.
 *
 * @param nowMs clock of the collector at this request
 * @returns why the event is refused, or undefined when it is valid
 */
export function validateEvent(value: unknown, nowMs: number): RejectReason | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return "not_an_object";
  for (const name in value) if (!FIELDS.has(name)) return "unknown_field";
  const { tool, success, errorType, timestamp, durationMs } = value as Record<string, unknown>;
  // JSON has no undefined: what is undefined was not there.
  if (tool === undefined || success === undefined || timestamp === undefined) return "missing_field";
  if (typeof tool !== "string" || !TOOL.test(tool)) return "invalid_tool";
  if (typeof success !== "boolean") return "invalid_success";
  if (errorType !== undefined && !isErrorType(errorType, success)) return "invalid_error_type";
  if (durationMs !== undefined && !isDuration(durationMs)) return "invalid_duration";
  return checkTimestamp(timestamp, nowMs);
}

function isErrorType(value: unknown, success: boolean): boolean {
  return !success && typeof value === "string" && ERROR_TYPE.test(value);
}

function isDuration(value: unknown): boolean {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= MAX_DURATION_MS;
}

function checkTimestamp(value: unknown, nowMs: number): RejectReason | undefined {
  if (!Number.isSafeInteger(value) || (value as number) < 1) return "invalid_timestamp";
  if ((value as number) < nowMs - MAX_EVENT_AGE_MS) return "stale_timestamp";
  return (value as number) > nowMs + MAX_EVENT_LEAD_MS ? "future_timestamp" : undefined;
}
