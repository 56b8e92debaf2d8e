import type { Batch, Event, RejectedEvent } from "@org/mcp-analytics-schema";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { Grant } from "../limits/bucket-store.ts";
import type { KeyLimits } from "../limits/key-limits.ts";
import type { KnownKey } from "./key-cache.ts";
import type { RequestOutcome } from "./outcome.ts";
import type { SignatureClaim } from "./signature-headers.ts";

/** State of one request. Each stage sets its fields and reads those of earlier stages. */
export class IngestRequest {
  /** When the headers had been read, on the clock of `performance`. */
  readonly startedAtMs = performance.now();
  apiKey = "";
  key: KnownKey | undefined;
  limits: KeyLimits | undefined;
  claim: SignatureClaim | undefined;
  /** Grant for the request and its first event. */
  grant: Grant | undefined;
  /** The events beyond the first; charged to the key once they are known to be valid. */
  extraGrant: Grant | undefined;
  /** Whether the charge is final. Until then a refusal refunds it. */
  settled = false;
  body: unknown;
  /** Clock of the collector at the validation, Unix ms. */
  receivedAtMs = 0;
  events: readonly Event[] = [];
  rejected: readonly RejectedEvent[] = [];
  /** Idempotency id: of the batch, or of the signature of a single event. */
  deliveryId: string | null = null;
  dropped: Batch["dropped"];
  outcome: RequestOutcome | undefined;
}

declare module "fastify" {
  interface FastifyRequest {
    /** State of a request to an ingest route; null before its first stage. */
    ingest: IngestRequest | null;
  }
}

/** A check or step of ingest. Throws a `ProblemError` to refuse the request. */
export type Stage = (ingest: IngestRequest, request: FastifyRequest, reply: FastifyReply) => void | Promise<void>;

/** Hooks of a route: the stage table of ARCHITECTURE.md in code. */
export type Stages = readonly (readonly [name: string, stage: Stage])[];
