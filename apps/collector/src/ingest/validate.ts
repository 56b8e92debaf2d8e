import {
  type BatchEnvelope,
  BatchEnvelopeSchema,
  type Event,
  type ProblemCode,
  type RejectedEvent,
} from "@org/mcp-analytics-schema";
import { Compile } from "typebox/compile";
import { ProblemError } from "../http/problem.ts";
import { checkEvent } from "./check-event.ts";
import type { Stage } from "./ingest-request.ts";
import type { Outcomes } from "./outcome.ts";
import { deliveryIdOf } from "./signature.ts";

const envelope = Compile(BatchEnvelopeSchema);

/** Checks a parsed body as a single event. */
export function createValidateEvent(outcomes: Outcomes, now: () => number): Stage {
  return function validate(ingest) {
    ingest.receivedAtMs = now();
    const reason = checkEvent(ingest.body, ingest.receivedAtMs);
    if (reason !== undefined) {
      outcomes.events[reason]++;
      throw new ProblemError("invalid-event", { details: [{ index: 0, reason }] });
    }
    ingest.events = [ingest.body as Event];
    ingest.deliveryId = ingest.claim === undefined ? null : deliveryIdOf(ingest.claim);
  };
}

/** Checks a parsed body as a batch. A fault in its envelope refuses it whole; a fault in an event refuses that event. */
export function createValidateBatch(outcomes: Outcomes, now: () => number): Stage {
  return function validate(ingest) {
    ingest.receivedAtMs = now();
    const { body, receivedAtMs } = ingest;
    if (!envelope.Check(body)) throw new ProblemError(envelopeProblem(body));
    const { batchId, dropped } = body as BatchEnvelope;
    const { events, rejected } = splitEvents((body as BatchEnvelope).events, receivedAtMs);
    for (const { reason } of rejected) outcomes.events[reason]++;
    if (events.length === 0) throw new ProblemError("no-valid-event", { details: rejected });
    Object.assign(ingest, { events, rejected, dropped, deliveryId: batchId });
  };
}

function envelopeProblem(body: unknown): ProblemCode {
  const isTooMany = envelope.Errors(body).every(({ keyword }) => keyword === "maxItems");
  return isTooMany ? "too-many-events" : "invalid-event";
}

function splitEvents(values: readonly unknown[], nowMs: number): { events: Event[]; rejected: RejectedEvent[] } {
  const events: Event[] = [];
  const rejected: RejectedEvent[] = [];
  for (const [index, value] of values.entries()) {
    const reason = checkEvent(value, nowMs);
    if (reason === undefined) events.push(value as Event);
    else rejected.push({ index, reason });
  }
  return { events, rejected };
}
