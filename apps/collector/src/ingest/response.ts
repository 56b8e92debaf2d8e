import {
  type BatchResponse,
  BatchResponseSchema,
  type DropReason,
  type EventResponse,
  EventResponseSchema,
  ProblemSchema,
  type RejectReason,
} from "@org/mcp-analytics-schema";
import type { FastifyReply, FastifyRequest } from "fastify";
import { ProblemError } from "../http/problem.ts";
import type { Grant } from "../limits/bucket-store.ts";
import type { KeyLimits } from "../limits/key-limits.ts";
import { rateLimitHeaders } from "../limits/rate-limit-headers.ts";
import type { Commit } from "./commit.ts";
import type { IngestDeps } from "./ingest-deps.ts";
import type { IngestRequest } from "./ingest-request.ts";
import type { KnownKey } from "./key-cache.ts";

const problem = { content: { "application/problem+json": { schema: ProblemSchema } } };
export const EVENT_RESPONSES = { 201: EventResponseSchema, "4xx": problem, "5xx": problem };
export const BATCH_RESPONSES = { 201: BatchResponseSchema, "4xx": problem, "5xx": problem };

/** Reasons that depend on when a delivery is tried: the first try may have accepted what a later one refuses. */
const TIMELY: ReadonlySet<RejectReason> = new Set(["stale_timestamp", "future_timestamp"]);

/** Commits a single event and responds. */
export function createEventHandler(commit: Commit, { outcomes }: IngestDeps) {
  return async function storeEvent(request: FastifyRequest, reply: FastifyReply): Promise<EventResponse> {
    const ingest = request.ingest as IngestRequest;
    const { duplicate } = await commit(ingest);
    if (duplicate) {
      outcomes.events.replayed++;
      throw new ProblemError("signature-replayed");
    }
    outcomes.events.accepted++;
    stored(ingest, reply, "stored");
    return { success: true };
  };
}

/** Commits the valid events of a batch and responds with a verdict for each of the others. */
export function createBatchHandler(commit: Commit, { outcomes, noteDropped }: IngestDeps) {
  return async function storeBatch(request: FastifyRequest, reply: FastifyReply): Promise<BatchResponse> {
    const ingest = request.ingest as IngestRequest;
    const { accepted, duplicate } = await commit(ingest);
    const { events, rejected, dropped, receivedAtMs } = ingest;
    if (duplicate) {
      outcomes.events.duplicate += events.length;
      stored(ingest, reply, "duplicate");
      return { success: true, accepted, rejected: rejected.filter(({ reason }) => !TIMELY.has(reason)), duplicate };
    }
    if (dropped !== undefined) {
      for (const [reason, count] of Object.entries(dropped)) outcomes.dropped[reason as DropReason] += count;
      noteDropped((ingest.key as KnownKey).record, dropped, receivedAtMs);
    }
    outcomes.events.accepted += accepted;
    outcomes.events.internal += events.length - accepted;
    stored(ingest, reply, "stored");
    return { success: true, accepted, rejected: [...rejected] };
  };
}

function stored(ingest: IngestRequest, reply: FastifyReply, outcome: "stored" | "duplicate"): void {
  ingest.outcome = outcome;
  reply.code(201).headers(rateLimitHeaders((ingest.limits as KeyLimits).policyHeader, ingest.grant as Grant));
}
