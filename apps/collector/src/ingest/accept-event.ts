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

  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const admission = admissionOf(request);
    const body = request.body as Buffer;
    if (!checkSignature(admission, body, signingSecretsFor)) return answers.refused(reply, "invalid-signature");

    const value = parseJsonBody(body);
    const nowMs = now();
    const reason = validateEvent(value, nowMs);
    if (reason !== undefined) {
      outcomes.events[reason]++;
      return answers.refused(reply, "invalid-event", { details: [{ index: 0, reason }] });
    }

    const { claim, key } = admission;
    const deliveryId = claim === undefined ? null : deliveryIdOf(claim);
    const delivered = await deliver(admission, [value as Event], deliveryId, nowMs);
    if ("allowed" in delivered) return answers.limited(reply, delivered, key.limits.policyHeader);
    if (delivered.duplicate) {
      outcomes.events.replayed++;
      return answers.refused(reply, "signature-replayed");
    }
    outcomes.events.accepted++;
    return answers.stored(reply, admission, STORED, "stored");
  };
}
