import { type Batch, type Event, MAX_EVENTS_PER_BATCH, type ProblemCode } from "@org/mcp-analytics-schema";
import { parseJsonBody } from "../http/json-body.ts";
import { readPlainEvent } from "./plain-event.ts";
import { PlainText } from "./plain-text.ts";
import { checkFrame, type ValidatedBatch, validateBatch } from "./validate-batch.ts";

const EVENTS = '"events":[';
const COMMA = 0x2c;

/**
 * Parses and checks the body of a batch.
 *
 * @param nowMs clock of the collector at this request
 * @throws ProblemError when it is not JSON of the strict kind
 */
export function readBatch(body: Buffer, nowMs: number): ValidatedBatch | ProblemCode {
  return readPlainBatch(body, nowMs) ?? validateBatch(parseJsonBody(body), nowMs);
}

/**
 * Reads a valid batch whose events are all plain, in a fraction of the time. They are cut out, and what is left of the body is
 * parsed and checked as strictly as ever. That is sound wherever the cut is: when something parses in which they leave an
 * empty array of events behind, the cut was no string but the inside of that array, for a quote within a string is escaped.
 *
 * @returns undefined when it is not such a batch
 */
export function readPlainBatch(body: Buffer, nowMs: number): ValidatedBatch | undefined {
  const found = body.indexOf(EVENTS, 0, "latin1");
  if (found < 0) return undefined;
  const start = found + EVENTS.length;
  const text = new PlainText(body, start);
  const events: Event[] = [];
  do {
    const event = readPlainEvent(text, nowMs);
    if (event === undefined || events.length === MAX_EVENTS_PER_BATCH) return undefined;
    events.push(event);
  } while (text.skipByte(COMMA));

  const frame = parseFrame(Buffer.concat([body.subarray(0, start), body.subarray(text.at)]));
  // Elsewhere than in the batch itself, no object may have a member `events`: the check of the frame finds that.
  if (!Array.isArray(frame?.events) || frame.events.length > 0) return undefined;
  const batch = { ...frame, events } as Batch;
  if (checkFrame(batch) !== undefined) return undefined;
  return { batchId: batch.batchId, events, rejected: [], dropped: batch.dropped };
}

function parseFrame(bytes: Buffer): Partial<Batch> | undefined {
  try {
    return parseJsonBody(bytes) as Partial<Batch>;
  } catch {
    // What is wrong with it is said of the whole.
    return undefined;
  }
}
