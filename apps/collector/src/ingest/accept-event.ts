import type { Event, EventResponse } from "@org/mcp-analytics-schema";
import type { FastifyReply, FastifyRequest } from "fastify";
import { parseJsonBody } from "../http/json-body.ts";
import { admissionOf } from "./admission.ts";
import type { Answers } from "./answer.ts";
import { checkSignature } from "./check-signature.ts";
import type { Deliver } from "./deliver.ts";
import type { IngestDeps } from "./ingest-deps.ts";
import { deliveryIdOf } from "./signature.ts";
import { validateEvent } from "./validate-event.ts";

const STORED = JSON.stringify({ success: true } satisfies EventResponse);

/** Handler of `POST /v1/events`: what needs the body, then the commit. */
export function createAcceptEvent(deps: IngestDeps, answers: Answers, deliver: Deliver) {
  const { outcomes, now, signingSecretsFor } = deps;

  return (request: FastifyRequest, reply: FastifyReply): void => {
    const admission = admissionOf(request);
    const body = request.body as Buffer;
    if (!checkSignature(admission, body, signingSecretsFor)) {
      answers.refused(reply, "invalid-signature");
      return;
    }
    const value = parseJsonBody(body);
    const nowMs = now();
    const reason = validateEvent(value, nowMs);
    if (reason !== undefined) {
      outcomes.events[reason]++;
      answers.refused(reply, "invalid-event", { details: [{ index: 0, reason }] });
      return;
    }
    const { claim, key } = admission;
    const deliveryId = claim === undefined ? null : deliveryIdOf(claim);
    deliver(admission, [value as Event], deliveryId, nowMs, reply, (delivered) => {
      if ("allowed" in delivered) {
        answers.limited(reply, delivered, key.limits.policyHeader);
      } else if (delivered.duplicate) {
        outcomes.events.replayed++;
        answers.refused(reply, "signature-replayed");
      } else {
        outcomes.events.accepted++;
        answers.stored(reply, admission, STORED, "stored");
      }
    });
  };
}
