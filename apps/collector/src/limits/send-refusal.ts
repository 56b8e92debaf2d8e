import type { FastifyReply } from "fastify";
import { sendProblem } from "../http/problem.ts";
import type { Refusal } from "./bucket-store.ts";
import { setRetryAfter } from "./rate-limit-headers.ts";

/** Answers 429 with the limit that was reached and when it lets requests in again. */
export function sendRefusal(reply: FastifyReply, { limit, resetAtMs, retryAfterMs }: Refusal): FastifyReply {
  setRetryAfter(reply, retryAfterMs);
  return sendProblem(reply, "rate-limited", { limit, resetAt: Math.ceil(resetAtMs) });
}
