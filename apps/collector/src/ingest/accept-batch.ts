import type { Batch, BatchResponse, DropReason, RejectedEvent, RejectReason } from "@org/mcp-analytics-schema";
import type { FastifyReply, FastifyRequest } from "fastify";
import { parseJsonBody } from "../http/json-body.ts";
import { admissionOf } from "./admission.ts";
import type { Answers } from "./answer.ts";
import { checkSignature } from "./check-signature.ts";
import type { Deliver } from "./deliver.ts";
import type { IngestDeps } from "./ingest-deps.ts";
import type { Outcomes } from "./outcome.ts";
import { validateBatch } from "./validate-batch.ts";

/** Reasons that depend on when a delivery is tried, so that the first try may have accepted what a later one refuses. */
const TIMELY: ReadonlySet<RejectReason> = new Set(["stale_timestamp", "future_timestamp"]);

/** Handler of `POST /v1/events/batch`: a verdict for each event, then one commit for those that are valid. */
export function createAcceptBatch(deps: IngestDeps, answers: Answers, deliver: Deliver) {
  const { outcomes, now, signingSecretsFor, noteDropped } = deps;

  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const admission = admissionOf(request);
    const body = request.body as Buffer;
    if (!checkSignature(admission, body, signingSecretsFor)) return answers.refused(reply, "invalid-signature");

    const nowMs = now();
    const batch = validateBatch(parseJsonBody(body), nowMs);
    if (typeof batch === "string") return answers.refused(reply, batch);
    const { batchId, events, rejected, dropped } = batch;
    for (const { reason } of rejected) outcomes.events[reason]++;
    if (events.length === 0) return answers.refused(reply, "no-valid-event", { details: [...rejected] });

    const delivered = await deliver(admission, events, batchId, nowMs);
    if ("allowed" in delivered) return answers.limited(reply, delivered, admission.key.limits.policyHeader);
    if (delivered.duplicate) {
      outcomes.events.duplicate += events.length;
      const lasting = rejected.filter(({ reason }) => !TIMELY.has(reason));
      return answers.stored(reply, admission, batchAnswer(delivered.accepted, lasting, true), "duplicate");
    }
    if (dropped !== undefined) {
      countDropped(outcomes.dropped, dropped);
      noteDropped(admission.key.record, dropped, nowMs);
    }
    outcomes.events.accepted += delivered.accepted;
    outcomes.events.internal += events.length - delivered.accepted;
    return answers.stored(reply, admission, batchAnswer(delivered.accepted, rejected, false), "stored");
  };
}

function countDropped(counts: Outcomes["dropped"], dropped: NonNullable<Batch["dropped"]>): void {
  for (const [reason, events] of Object.entries(dropped)) counts[reason as DropReason] += events;
}

function batchAnswer(accepted: number, rejected: readonly RejectedEvent[], duplicate: boolean): string {
  const answer: BatchResponse = { success: true, accepted, rejected: [...rejected] };
  return JSON.stringify(duplicate ? { ...answer, duplicate } : answer);
}
