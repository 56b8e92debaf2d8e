import type { Event, EventResponse } from "@org/mcp-analytics-schema";
import { parseJsonBody } from "../http/json-body.ts";
import type { Answers } from "./answer.ts";
import { checkSignature } from "./check-signature.ts";
import type { Deliver } from "./deliver.ts";
import type { IngestDeps } from "./ingest-deps.ts";
import type { Accept } from "./serve-request.ts";
import { deliveryIdOf } from "./signature.ts";
import { validateEvent } from "./validate-event.ts";

const STORED = JSON.stringify({ success: true } satisfies EventResponse);

/** Handles `POST /v1/events`: what needs the body, then the commit. */
export function createAcceptEvent(deps: IngestDeps, answers: Answers, deliver: Deliver): Accept {
  const { outcomes, now, signingSecretsFor } = deps;

  return (exchange, admission, body) => {
    if (!checkSignature(admission, body, signingSecretsFor)) {
      answers.refused(exchange, "invalid-signature");
      return;
    }
    const value = parseJsonBody(body);
    const nowMs = now();
    const reason = validateEvent(value, nowMs);
    if (reason !== undefined) {
      outcomes.events[reason]++;
      answers.refused(exchange, "invalid-event", { details: [{ index: 0, reason }] });
      return;
    }
    const { claim, key } = admission;
    const deliveryId = claim === undefined ? null : deliveryIdOf(claim);
    deliver(exchange, admission, [value as Event], deliveryId, nowMs, (delivered) => {
      if ("allowed" in delivered) {
        answers.limited(exchange, delivered, key.limits.policyHeader);
      } else if (delivered.duplicate) {
        outcomes.events.replayed++;
        answers.refused(exchange, "signature-replayed");
      } else {
        outcomes.events.accepted++;
        answers.stored(exchange, admission, STORED, "stored");
      }
    });
  };
}
