import type { FastifyReply } from "fastify";
import { sendProblem } from "../http/problem.ts";
import type { Refusal } from "./bucket-store.ts";
import { setRetryAfter } from "./rate-limit-headers.ts";
import { DAY_MS } from "./token-bucket.ts";

/** Who waits for midnight waits with everybody else: they come back spread over so long after it. */
const MIDNIGHT_SPREAD_MS = 300_000;

/** Answers 429 with the limit that was reached and when it lets requests in again. */
export function sendRefusal(reply: FastifyReply, { limit, resetAtMs, retryAfterMs }: Refusal): FastifyReply {
  const spreadMs = resetAtMs % DAY_MS === 0 ? Math.random() * MIDNIGHT_SPREAD_MS : 0;
  setRetryAfter(reply, retryAfterMs + spreadMs);
  return sendProblem(reply, "rate-limited", { limit, resetAt: Math.ceil(resetAtMs) });
}
