import type { OutgoingHttpHeaders, ServerResponse } from "node:http";
import { RETRY_AFTER_HEADER } from "@org/mcp-analytics-schema";
import type { FastifyReply } from "fastify";
import { type ProblemExtra, sendProblem, writeProblem } from "../http/problem.ts";
import type { Refusal } from "./bucket-store.ts";
import { toSeconds } from "./rate-limit-headers.ts";
import { DAY_MS } from "./token-bucket.ts";

/** Who waits for midnight waits with everybody else: they come back spread over so long after it. */
const MIDNIGHT_SPREAD_MS = 300_000;

/** Answers 429 with the limit that was reached and when it lets requests in again. */
export function sendRefusal(reply: FastifyReply, refusal: Refusal): FastifyReply {
  reply.header(RETRY_AFTER_HEADER, retryAfterSeconds(refusal));
  return sendProblem(reply, "rate-limited", reached(refusal));
}

/** The same where there is no framework. */
export function writeRefusal(response: ServerResponse, refusal: Refusal, headers: OutgoingHttpHeaders): void {
  const all = { ...headers, [RETRY_AFTER_HEADER]: String(retryAfterSeconds(refusal)) };
  writeProblem(response, "rate-limited", all, reached(refusal));
}

function retryAfterSeconds({ resetAtMs, retryAfterMs }: Refusal): number {
  const spreadMs = resetAtMs % DAY_MS === 0 ? Math.random() * MIDNIGHT_SPREAD_MS : 0;
  return toSeconds(retryAfterMs + spreadMs);
}

const reached = ({ limit, resetAtMs }: Refusal): ProblemExtra => ({ limit, resetAt: Math.ceil(resetAtMs) });
