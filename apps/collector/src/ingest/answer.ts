import type { OutgoingHttpHeaders } from "node:http";
import { PROBLEMS, type ProblemCode } from "@org/mcp-analytics-schema";
import type { FastifyReply, FastifyRequest } from "fastify";
import { discardBody } from "../http/discard-body.ts";
import { retrySoonSeconds } from "../http/error-handler.ts";
import { type ProblemExtra, sendProblem } from "../http/problem.ts";
import { SECURITY_HEADERS } from "../http/security-headers.ts";
import type { Refusal } from "../limits/bucket-store.ts";
import { rateLimitValue, setExhaustedHeaders, setRateLimitHeaders } from "../limits/rate-limit-headers.ts";
import { sendRefusal } from "../limits/send-refusal.ts";
import type { Admission } from "./admission.ts";
import type { IngestDeps } from "./ingest-deps.ts";
import { failureOf, type RequestOutcome } from "./outcome.ts";

const JSON_TYPE = "application/json; charset=utf-8";

/** Gives every request its one answer and its one outcome. */
export interface Answers {
  stored(reply: FastifyReply, admission: Admission, body: string, outcome: "stored" | "duplicate"): void;
  refused(reply: FastifyReply, code: ProblemCode, extra?: ProblemExtra): FastifyReply;
  /** @param policyHeader of the key whose limit it is; none when it is the limit of an address */
  limited(reply: FastifyReply, refusal: Refusal, policyHeader?: string): FastifyReply;
}

export function createAnswers({ outcomes, keyLimiter, observeSeconds, corsOrigins }: IngestDeps): Answers {
  /** An event that is not stored costs no event; a request that could not be served costs no request either. */
  function settle(request: FastifyRequest, code: ProblemCode): void {
    const { admission } = request;
    if (admission === null || admission.settled) return;
    admission.settled = true;
    if (admission.validEvents > 0) outcomes.events[failureOf(code)] += admission.validEvents;
    const { request: whole, event } = admission.key.limits;
    const unserved = PROBLEMS[code].status >= 500 || code === "rate-limited";
    keyLimiter.giveBack(unserved ? whole : event, admission.grant);
  }

  function count(reply: FastifyReply, outcome: RequestOutcome): void {
    outcomes.requests[outcome]++;
    observeSeconds((performance.now() - reply.request.startedAtMs) / 1000);
  }

  return {
    stored(reply, { key, grant }, body, outcome) {
      // Written out and past the framework: putting headers together took a tenth of a request's time.
      const headers: OutgoingHttpHeaders = {
        "x-content-type-options": SECURITY_HEADERS["x-content-type-options"],
        "cache-control": SECURITY_HEADERS["cache-control"],
        "content-type": JSON_TYPE,
        "content-length": Buffer.byteLength(body),
        "ratelimit-policy": key.limits.policyHeader,
        ratelimit: rateLimitValue(grant),
      };
      if (corsOrigins.length > 0) Object.assign(headers, reply.getHeaders());
      reply.hijack();
      reply.raw.writeHead(201, headers).end(body);
      count(reply, outcome);
    },
    refused(reply, code, extra) {
      const { request } = reply;
      const { admission } = request;
      const { status } = PROBLEMS[code];
      settle(request, code);
      count(reply, request.raw.aborted ? "aborted" : code);
      // What is left of a limit tells about the owner, so a stranger is not told.
      if (admission !== null && status !== 401)
        setRateLimitHeaders(reply, admission.key.limits.policyHeader, admission.grant);
      if (status === 503) reply.header("retry-after", retrySoonSeconds());
      discardBody(request.raw);
      return sendProblem(reply, code, extra);
    },
    limited(reply, refusal, policyHeader) {
      const { request } = reply;
      settle(request, "rate-limited");
      count(reply, "rate-limited");
      if (policyHeader !== undefined) setExhaustedHeaders(reply, policyHeader, refusal);
      discardBody(request.raw);
      return sendRefusal(reply, refusal);
    },
  };
}
