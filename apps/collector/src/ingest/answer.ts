import type { OutgoingHttpHeaders } from "node:http";
import { PROBLEMS, type ProblemCode, RETRY_AFTER_HEADER } from "@org/mcp-analytics-schema";
import { discardBody } from "../http/discard-body.ts";
import { problemOf, retrySoonSeconds } from "../http/error-handler.ts";
import { type ProblemExtra, writeProblem } from "../http/problem.ts";
import { SECURITY_HEADERS } from "../http/security-headers.ts";
import type { Refusal } from "../limits/bucket-store.ts";
import { exhaustedHeaders, rateLimitHeaders, rateLimitValue } from "../limits/rate-limit-headers.ts";
import { writeRefusal } from "../limits/send-refusal.ts";
import type { Admission } from "./admission.ts";
import type { Exchange } from "./exchange.ts";
import type { IngestDeps } from "./ingest-deps.ts";
import { failureOf, type RequestOutcome } from "./outcome.ts";

const JSON_TYPE = "application/json; charset=utf-8";

/** Gives every request its one answer and its one outcome. */
export interface Answers {
  stored(exchange: Exchange, admission: Admission, body: string, outcome: "stored" | "duplicate"): void;
  refused(exchange: Exchange, code: ProblemCode, extra?: ProblemExtra): void;
  /** @param policyHeader of the key whose limit it is; none when it is the limit of an address */
  limited(exchange: Exchange, refusal: Refusal, policyHeader?: string): void;
  /** Refuses with the problem that stands for the error; one that nobody expected is logged. */
  failed(exchange: Exchange, thrown: unknown): void;
}

export function createAnswers(deps: IngestDeps): Answers {
  const { outcomes, keyLimiter, observeSeconds, onError } = deps;

  /** An event that is not stored costs no event; a request that could not be served costs no request either. */
  function settle({ admission }: Exchange, code: ProblemCode): void {
    if (admission === undefined || admission.settled) return;
    admission.settled = true;
    if (admission.validEvents > 0) outcomes.events[failureOf(code)] += admission.validEvents;
    const { request: whole, event } = admission.key.limits;
    const unserved = PROBLEMS[code].status >= 500 || code === "rate-limited";
    keyLimiter.giveBack(unserved ? whole : event, admission.grant);
  }

  function count({ startedAtMs }: Exchange, outcome: RequestOutcome): void {
    outcomes.requests[outcome]++;
    observeSeconds((performance.now() - startedAtMs) / 1000);
  }

  function refused(exchange: Exchange, code: ProblemCode, extra?: ProblemExtra): void {
    const { request, response, admission } = exchange;
    const { status } = PROBLEMS[code];
    settle(exchange, code);
    count(exchange, request.aborted ? "aborted" : code);
    // What is left of a limit tells about the owner, so a stranger is not told.
    const isOwner = admission !== undefined && status !== 401;
    const headers = isOwner ? rateLimitHeaders(admission.key.limits.policyHeader, admission.grant) : {};
    if (status === 503) headers[RETRY_AFTER_HEADER] = String(retrySoonSeconds());
    discardBody(request);
    writeProblem(response, code, headers, extra);
  }

  return {
    stored(exchange, { key, grant }, body, outcome) {
      // One literal: headers that are put together took a tenth of a request's time.
      const headers: OutgoingHttpHeaders = {
        "x-content-type-options": SECURITY_HEADERS["x-content-type-options"],
        "cache-control": SECURITY_HEADERS["cache-control"],
        "content-type": JSON_TYPE,
        "content-length": body.length,
        "ratelimit-policy": key.limits.policyHeader,
        ratelimit: rateLimitValue(grant),
      };
      // ASCII, whose bytes are its characters: the cheapest encoding to write.
      exchange.response.writeHead(201, headers).end(body, "latin1");
      count(exchange, outcome);
    },
    refused,
    limited(exchange, refusal, policyHeader) {
      settle(exchange, "rate-limited");
      count(exchange, "rate-limited");
      discardBody(exchange.request);
      const headers = policyHeader === undefined ? {} : exhaustedHeaders(policyHeader, refusal);
      writeRefusal(exchange.response, refusal, headers);
    },
    failed(exchange, thrown) {
      const error = thrown instanceof Error ? thrown : new Error("no error was thrown");
      const code = problemOf(error);
      if (code === "internal") onError(error, exchange.route.path);
      if (!exchange.response.headersSent) refused(exchange, code);
    },
  };
}
