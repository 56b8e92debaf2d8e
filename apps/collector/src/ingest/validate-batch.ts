import {
  BATCH_ID_PATTERN,
  type Batch,
  CLIENT_NAMES,
  DroppedSchema,
  type Event,
  MAX_EVENTS_PER_BATCH,
  type ProblemCode,
  type RejectedEvent,
  SoftwareSchema,
} from "@org/mcp-analytics-schema";
import { Compile } from "typebox/compile";
import { validateEvent } from "./validate-event.ts";

const BATCH_ID = new RegExp(BATCH_ID_PATTERN);
const CLIENTS: ReadonlySet<unknown> = new Set(CLIENT_NAMES);
const software = Compile(SoftwareSchema);
const droppedCounts = Compile(DroppedSchema);
const FIELDS: ReadonlySet<string> = new Set(["batchId", "events", "sdk", "server", "client", "dropped"]);

/** A batch whose frame is sound, with a verdict for each event. */
export interface ValidatedBatch {
  readonly batchId: string;
  readonly events: readonly Event[];
  readonly rejected: readonly RejectedEvent[];
  readonly dropped: Batch["dropped"];
}

/** Checks everything around the events: it says the same as `BatchSchema`. */
export function checkFrame(value: object): ProblemCode | undefined {
  for (const name in value) if (!FIELDS.has(name)) return "invalid-event";
  const { batchId, events, sdk, server, client, dropped } = value as Record<string, unknown>;
  if (typeof batchId !== "string" || !BATCH_ID.test(batchId)) return "invalid-event";
  if (!Array.isArray(events) || events.length === 0) return "invalid-event";
  if (events.length > MAX_EVENTS_PER_BATCH) return "too-many-events";
  if (sdk !== undefined && !software.Check(sdk)) return "invalid-event";
  if (server !== undefined && !software.Check(server)) return "invalid-event";
  if (client !== undefined && !CLIENTS.has(client)) return "invalid-event";
  return dropped === undefined || droppedCounts.Check(dropped) ? undefined : "invalid-event";
}

/**
 * Checks a parsed batch. A fault in its frame refuses it whole; a fault in an event refuses that event.
 *
 * @param nowMs clock of the collector at this request
 */
export function validateBatch(value: unknown, nowMs: number): ValidatedBatch | ProblemCode {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return "invalid-event";
  const problem = checkFrame(value);
  if (problem !== undefined) return problem;
  const batch = value as Batch;
  let { events } = batch;
  const rejected: RejectedEvent[] = [];
  for (let index = 0; index < batch.events.length; index++) {
    const reason = validateEvent(batch.events[index], nowMs);
    if (reason !== undefined) rejected.push({ index, reason });
  }
  if (rejected.length > 0) {
    const refused = new Set(rejected.map(({ index }) => index));
    events = events.filter((_event, index) => !refused.has(index));
  }
  return { batchId: batch.batchId, events, rejected, dropped: batch.dropped };
}
