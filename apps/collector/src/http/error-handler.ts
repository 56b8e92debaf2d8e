import type { ProblemCode } from "@org/mcp-analytics-schema";
import type { FastifyError, FastifyReply, FastifyRequest } from "fastify";
import { OverloadedError, StorageUnavailableError } from "../storage/errors.ts";
import { discardBody } from "./discard-body.ts";
import { ProblemError, sendProblem } from "./problem.ts";
import { setSecurityHeaders } from "./security-headers.ts";

const FRAMEWORK_PROBLEMS: Record<string, ProblemCode> = {
  FST_ERR_CTP_BODY_TOO_LARGE: "body-too-large",
  FST_ERR_CTP_INVALID_MEDIA_TYPE: "unsupported-media-type",
  FST_ERR_HANDLER_TIMEOUT: "overloaded",
};

/** The problem that stands for an error: what the client did wrong, what is out of order here, or `internal`. */
export function problemOf(error: unknown): ProblemCode {
  if (error instanceof ProblemError) return error.problem;
  if (error instanceof StorageUnavailableError) return "storage-unavailable";
  if (error instanceof OverloadedError) return "overloaded";
  const { code, validation, statusCode } = error as Partial<FastifyError>;
  const known = code === undefined ? undefined : FRAMEWORK_PROBLEMS[code];
  if (known !== undefined) return known;
  if (validation !== undefined) return "bad-request";
  return statusCode !== undefined && statusCode >= 400 && statusCode < 500 ? "bad-request" : "internal";
}

/** Seconds until a client should try again after a 503: spread out, so that not all of them come back at once. */
export function retrySoonSeconds(): number {
  return 1 + Math.floor(Math.random() * 5);
}

/** Answers an error that reached the framework. The answer says nothing about the error; only an unexpected one is logged. */
export function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const code = problemOf(error);
  if (code === "internal") request.server.log.error({ err: error, req: request }, "request failed");
  if (code === "storage-unavailable" || code === "overloaded") reply.header("retry-after", retrySoonSeconds());
  discardBody(request.raw);
  return sendProblem(reply, code);
}

/** Answers a request that never reached a route, such as one with a malformed URL. */
export function answerFrameworkError(_error: FastifyError, _request: FastifyRequest, reply: FastifyReply): void {
  setSecurityHeaders(reply);
  sendProblem(reply, "bad-request");
}
