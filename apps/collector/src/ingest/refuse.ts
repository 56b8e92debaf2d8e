import { PROBLEMS, type ProblemCode } from "@org/mcp-analytics-schema";
import type { FastifyReply, FastifyRequest } from "fastify";
import { answerError, problemOf } from "../http/error-handler.ts";
import type { BucketStore } from "../limits/bucket-store.ts";
import type { KeyLimits } from "../limits/key-limits.ts";
import { rateLimitHeaders } from "../limits/rate-limit-headers.ts";
import { refund, refundEvents } from "./commit.ts";
import type { IngestRequest } from "./ingest-request.ts";
import { failureOf, type Outcomes } from "./outcome.ts";

/**
 * The error handler of ingest. An event that is not stored costs no event; a request that could not be served costs no
 * request either.
 */
export function createRefuse(buckets: BucketStore, outcomes: Outcomes) {
  function settle(ingest: IngestRequest, code: ProblemCode): void {
    const { grant, limits, events } = ingest;
    if (ingest.settled || grant === undefined) return;
    ingest.settled = true;
    outcomes.events[failureOf(code)] += events.length;
    const { request, event } = limits as KeyLimits;
    const unserved = PROBLEMS[code].status >= 500 || code === "rate-limited";
    if (events.length > 1) refundEvents(buckets, ingest, events.length - 1);
    refund(buckets, unserved ? request : event, grant);
  }

  return function refuse(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
    const { ingest } = request;
    const code = problemOf(error);
    if (ingest !== null) {
      settle(ingest, code);
      ingest.outcome = request.raw.aborted ? "aborted" : code;
      // Rate headers reveal the traffic of the key, so only an authenticated request gets them.
      const { grant, limits } = ingest;
      if (grant !== undefined && limits !== undefined && PROBLEMS[code].status !== 401) {
        reply.headers(rateLimitHeaders(limits.policyHeader, grant));
      }
    }
    return answerError(error, request, reply);
  };
}
