import { PROBLEMS, type ProblemCode, RETRY_AFTER_HEADER } from "@org/mcp-analytics-schema";
import type { FastifyError, FastifyReply, FastifyRequest } from "fastify";
import { OverloadedError, StorageUnavailableError } from "../storage/errors.ts";
import { discardBody } from "./discard-body.ts";
import { ProblemError, sendProblem } from "./problem.ts";
import { setSecurityHeaders } from "./security-headers.ts";

const FRAMEWORK_PROBLEMS: ReadonlyMap<string, ProblemCode> = new Map([
  ["FST_ERR_CTP_BODY_TOO_LARGE", "body-too-large"],
  ["FST_ERR_CTP_INVALID_MEDIA_TYPE", "unsupported-media-type"],
  ["FST_ERR_HANDLER_TIMEOUT", "overloaded"],
]);

/** The problem that stands for an error: a fault of the client, an outage here, or `internal`. */
export function problemOf(error: unknown): ProblemCode {
  if (error instanceof ProblemError) return error.problem;
  if (error instanceof StorageUnavailableError) return "storage-unavailable";
  if (error instanceof OverloadedError) return "overloaded";
  if (!(error instanceof Error)) return "internal";
  const { code, validation, statusCode } = error as Partial<FastifyError>;
  const known = code === undefined ? undefined : FRAMEWORK_PROBLEMS.get(code);
  if (known !== undefined) return known;
  if (validation !== undefined) return "bad-request";
  return statusCode !== undefined && statusCode >= 400 && statusCode < 500 ? "bad-request" : "internal";
}

/** Seconds until a client should retry after a 503: spread out, so that clients do not return all at once. */
export function retrySoonSeconds(): number {
  return 1 + Math.floor(Math.random() * 5);
}

/** Responds to an error. The response reveals nothing about the error; only an unexpected one is logged. */
export function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const code = problemOf(error);
  if (code === "internal") request.server.log.error({ err: error, req: request }, "request failed");
  if (PROBLEMS[code].status === 503) reply.header(RETRY_AFTER_HEADER, retrySoonSeconds());
  discardBody(request.raw);
  if (!(error instanceof ProblemError)) return sendProblem(reply, code);
  return sendProblem(reply.headers(error.headers), code, error.extra);
}

/** Responds to a request that never reached a route, such as one with a malformed URL. */
export function answerFrameworkError(_error: FastifyError, _request: FastifyRequest, reply: FastifyReply): void {
  setSecurityHeaders(reply);
  sendProblem(reply, "bad-request");
}
