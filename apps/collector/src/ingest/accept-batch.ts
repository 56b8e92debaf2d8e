import type { Batch, BatchResponse, DropReason, RejectedEvent, RejectReason } from "@org/mcp-analytics-schema";
import type { WriteResult } from "../storage/event-writer.ts";
import type { Admission } from "./admission.ts";
import type { Answers } from "./answer.ts";
import { checkSignature } from "./check-signature.ts";
import type { Deliver } from "./deliver.ts";
import type { Exchange } from "./exchange.ts";
import type { IngestDeps } from "./ingest-deps.ts";
import type { Outcomes } from "./outcome.ts";
import { readBatch } from "./read-batch.ts";
import type { Accept } from "./serve-request.ts";
import type { ValidatedBatch } from "./validate-batch.ts";

/** Reasons that depend on when a delivery is tried, so that the first try may have accepted what a later one refuses. */
const TIMELY: ReadonlySet<RejectReason> = new Set(["stale_timestamp", "future_timestamp"]);

/** Handles `POST /v1/events/batch`: a verdict for each event, then one commit for those that are valid. */
export function createAcceptBatch(deps: IngestDeps, answers: Answers, deliver: Deliver): Accept {
  const { outcomes, now, signingSecretsFor, noteDropped } = deps;

  return (exchange, admission, body) => {
    if (!checkSignature(admission, body, signingSecretsFor)) {
      answers.refused(exchange, "invalid-signature");
      return;
    }
    const nowMs = now();
    const batch = readBatch(body, nowMs);
    if (typeof batch === "string") {
      answers.refused(exchange, batch);
      return;
    }
    const { batchId, events, rejected } = batch;
    for (const { reason } of rejected) outcomes.events[reason]++;
    if (events.length === 0) answers.refused(exchange, "no-valid-event", { details: [...rejected] });
    else
      deliver(exchange, admission, events, batchId, nowMs, (delivered) => {
        if ("allowed" in delivered) answers.limited(exchange, delivered, admission.key.limits.policyHeader);
        else settle(exchange, admission, batch, delivered, nowMs);
      });
  };

  function settle(
    exchange: Exchange,
    admission: Admission,
    { events, rejected, dropped }: ValidatedBatch,
    { accepted, duplicate }: WriteResult,
    nowMs: number,
  ): void {
    if (duplicate) {
      outcomes.events.duplicate += events.length;
      const lasting = rejected.filter(({ reason }) => !TIMELY.has(reason));
      answers.stored(exchange, admission, batchAnswer(accepted, lasting, true), "duplicate");
      return;
    }
    if (dropped !== undefined) {
      countDropped(outcomes.dropped, dropped);
      noteDropped(admission.key.record, dropped, nowMs);
    }
    outcomes.events.accepted += accepted;
    outcomes.events.internal += events.length - accepted;
    answers.stored(exchange, admission, batchAnswer(accepted, rejected, false), "stored");
  }
}

function countDropped(counts: Outcomes["dropped"], dropped: NonNullable<Batch["dropped"]>): void {
  for (const [reason, events] of Object.entries(dropped)) counts[reason as DropReason] += events;
}

function batchAnswer(accepted: number, rejected: readonly RejectedEvent[], duplicate: boolean): string {
  const answer: BatchResponse = { success: true, accepted, rejected: [...rejected] };
  return JSON.stringify(duplicate ? { ...answer, duplicate } : answer);
}
