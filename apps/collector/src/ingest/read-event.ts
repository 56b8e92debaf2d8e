import type { Event, RejectReason } from "@org/mcp-analytics-schema";
import { parseJsonBody } from "../http/json-body.ts";
import { readPlainEvent } from "./plain-event.ts";
import { PlainText } from "./plain-text.ts";
import { validateEvent } from "./validate-event.ts";

/**
 * Parses and checks the body of a single event.
 *
 * @param nowMs clock of the collector at this request
 * @returns the event, or why it is refused
 * @throws ProblemError when it is not JSON of the strict kind
 */
export function readEvent(body: Buffer, nowMs: number): Event | RejectReason {
  const text = new PlainText(body, 0);
  const event = readPlainEvent(text, nowMs);
  if (event !== undefined && text.at === body.length) return event;
  const value = parseJsonBody(body);
  return validateEvent(value, nowMs) ?? (value as Event);
}
