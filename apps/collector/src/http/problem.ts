import {
  PROBLEM_CONTENT_TYPE,
  PROBLEM_DOCS_PATH,
  PROBLEMS,
  type Problem,
  type ProblemCode,
} from "@org/mcp-analytics-schema";
import type { FastifyReply } from "fastify";

/** Members that a response may add to those that its code fixes. */
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

/** The serialised body of a problem. */
export function problemText(code: ProblemCode, extra?: ProblemExtra): string {
  return extra === undefined ? (BODIES.get(code) as string) : JSON.stringify({ ...problemBody(code), ...extra });
}

/** HTTP asks for `WWW-Authenticate` on every 401. */
function problemHeaders(code: ProblemCode): Record<string, string> {
  const type = { "content-type": CONTENT_TYPE };
  return PROBLEMS[code].status === 401 ? { ...type, "www-authenticate": "Bearer" } : type;
}

/** Responds with a problem. */
export function sendProblem(reply: FastifyReply, code: ProblemCode, extra?: ProblemExtra): FastifyReply {
  return reply.code(PROBLEMS[code].status).headers(problemHeaders(code)).send(problemText(code, extra));
}

/** Refuses a request with a problem. It has no stack: it is a response, not a fault. */
export class ProblemError extends Error {
  override readonly name = "ProblemError";
  readonly problem: ProblemCode;
  readonly extra: ProblemExtra | undefined;
  readonly headers: Readonly<Record<string, string>>;

  constructor(problem: ProblemCode, extra?: ProblemExtra, headers: Readonly<Record<string, string>> = {}) {
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    super(problem);
    Error.stackTraceLimit = stackTraceLimit;
    this.problem = problem;
    this.extra = extra;
    this.headers = headers;
  }
}
