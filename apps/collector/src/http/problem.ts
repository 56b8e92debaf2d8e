import {
  PROBLEM_CONTENT_TYPE,
  PROBLEM_DOCS_PATH,
  PROBLEMS,
  type Problem,
  type ProblemCode,
} from "@org/mcp-analytics-schema";
import type { FastifyReply } from "fastify";

/** Members that an answer may add to those that its code fixes. */
export type ProblemExtra = Pick<Problem, "details" | "limit" | "resetAt">;

const CONTENT_TYPE = `${PROBLEM_CONTENT_TYPE}; charset=utf-8`;

/** The body of a problem (RFC 9457): what its code fixes, and nothing from the request. */
export function problemBody(code: ProblemCode): Problem {
  const { status, error } = PROBLEMS[code];
  return { type: `${PROBLEM_DOCS_PATH}${code}`, title: error, status, code, error };
}

const BODIES = new Map<ProblemCode, string>(
  (Object.keys(PROBLEMS) as ProblemCode[]).map((code) => [code, JSON.stringify(problemBody(code))]),
);

/** The serialised body of a problem without extra members. */
export function problemText(code: ProblemCode): string {
  return BODIES.get(code) as string;
}

/** Answers with a problem. Sets `WWW-Authenticate` on every 401, as HTTP asks. */
export function sendProblem(reply: FastifyReply, code: ProblemCode, extra?: ProblemExtra): FastifyReply {
  const { status } = PROBLEMS[code];
  reply.code(status).header("content-type", CONTENT_TYPE);
  if (status === 401) reply.header("www-authenticate", "Bearer");
  return reply.send(extra === undefined ? problemText(code) : JSON.stringify({ ...problemBody(code), ...extra }));
}

/** Carries a problem out of a place that has no reply at hand. It has no stack: it is an answer, not a fault. */
export class ProblemError extends Error {
  override readonly name = "ProblemError";
  readonly problem: ProblemCode;

  constructor(problem: ProblemCode) {
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    super(problem);
    Error.stackTraceLimit = stackTraceLimit;
    this.problem = problem;
  }
}
