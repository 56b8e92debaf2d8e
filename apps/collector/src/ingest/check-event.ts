import {
  type Event,
  EventSchema,
  FIELD_REJECT_REASONS,
  MAX_EVENT_AGE_MS,
  MAX_EVENT_LEAD_MS,
  type RejectReason,
} from "@org/mcp-analytics-schema";
import { Compile } from "typebox/compile";
import type { TLocalizedValidationError } from "typebox/error";

const anyEvent = Compile(EventSchema);
const [succeededSchema, failedSchema] = EventSchema.anyOf;
const succeeded = Compile(succeededSchema);
const failed = Compile(failedSchema);

const FIELD_REASONS: ReadonlyMap<string, RejectReason> = new Map(Object.entries(FIELD_REJECT_REASONS));

/**
 * Checks one event against its schema and the time window.
 *
 * @param nowMs clock of the collector at this request, Unix ms
 * @returns why the event is refused, or undefined when it is valid
 */
export function checkEvent(value: unknown, nowMs: number): RejectReason | undefined {
  if (!anyEvent.Check(value)) return reasonOf(value);
  const { timestamp } = value as Event;
  if (timestamp < nowMs - MAX_EVENT_AGE_MS) return "stale_timestamp";
  return timestamp > nowMs + MAX_EVENT_LEAD_MS ? "future_timestamp" : undefined;
}

/** Names the rule that a bad event breaks, never its value. */
function reasonOf(value: unknown): RejectReason {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return "not_an_object";
  // The variant that the event claims to be has the errors that explain it.
  const errors = ((value as { success?: unknown }).success === true ? succeeded : failed).Errors(value);
  const fields = errors.map(({ instancePath }) => instancePath.split("/")[1]);
  if (fields.some((field) => field !== undefined && !FIELD_REASONS.has(field))) return "unknown_field";
  if (errors.some(isMissing)) return "missing_field";
  for (const [field, reason] of FIELD_REASONS) if (fields.includes(field)) return reason;
  return "unknown_field";
}

const isMissing = ({ keyword }: TLocalizedValidationError) => keyword === "required";
