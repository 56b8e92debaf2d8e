import type { OutgoingHttpHeaders, ServerResponse } from "node:http";
import {
  PROBLEM_CONTENT_TYPE,
  PROBLEM_DOCS_PATH,
  PROBLEMS,
  type Problem,
  type ProblemCode,
} from "@org/mcp-analytics-schema";
import type { FastifyReply } from "fastify";
import { SECURITY_HEADERS } from "./security-headers.ts";

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

/** The serialised body of a problem. */
export function problemText(code: ProblemCode, extra?: ProblemExtra): string {
  return extra === undefined ? (BODIES.get(code) as string) : JSON.stringify({ ...problemBody(code), ...extra });
}

/** HTTP asks for `WWW-Authenticate` on every 401. */
function problemHeaders(code: ProblemCode): Record<string, string> {
  const type = { "content-type": CONTENT_TYPE };
  return PROBLEMS[code].status === 401 ? { ...type, "www-authenticate": "Bearer" } : type;
}

/** Answers with a problem. */
export function sendProblem(reply: FastifyReply, code: ProblemCode, extra?: ProblemExtra): FastifyReply {
  return reply.code(PROBLEMS[code].status).headers(problemHeaders(code)).send(problemText(code, extra));
}

/** Answers with a problem where there is no framework. */
export function writeProblem(
  response: ServerResponse,
  code: ProblemCode,
  headers: OutgoingHttpHeaders = {},
  extra?: ProblemExtra,
): void {
  const body = problemText(code, extra);
  const length = { "content-length": Buffer.byteLength(body) };
  response
    .writeHead(PROBLEMS[code].status, { ...SECURITY_HEADERS, ...problemHeaders(code), ...length, ...headers })
    .end(body);
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
