import type { EventResponse } from "@org/mcp-analytics-schema";
import type { Answers } from "./answer.ts";
import { checkSignature } from "./check-signature.ts";
import type { Deliver } from "./deliver.ts";
import type { IngestDeps } from "./ingest-deps.ts";
import { readEvent } from "./read-event.ts";
import type { Accept } from "./serve-request.ts";
import { deliveryIdOf } from "./signature.ts";

const STORED = JSON.stringify({ success: true } satisfies EventResponse);

/** Handles `POST /v1/events`: what needs the body, then the commit. */
export function createAcceptEvent(deps: IngestDeps, answers: Answers, deliver: Deliver): Accept {
  const { outcomes, now, signingSecretsFor } = deps;

  return (exchange, admission, body) => {
    if (!checkSignature(admission, body, signingSecretsFor)) {
      answers.refused(exchange, "invalid-signature");
      return;
    }
    const nowMs = now();
    const event = readEvent(body, nowMs);
    if (typeof event === "string") {
      outcomes.events[event]++;
      answers.refused(exchange, "invalid-event", { details: [{ index: 0, reason: event }] });
      return;
    }
    const { claim, key } = admission;
    const deliveryId = claim === undefined ? null : deliveryIdOf(claim);
    deliver(exchange, admission, [event], deliveryId, nowMs, (delivered) => {
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
