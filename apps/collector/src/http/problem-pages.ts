import { PROBLEM_DOCS_PATH, PROBLEMS, type ProblemCode } from "@org/mcp-analytics-schema";
import type { FastifyInstance } from "fastify";
import { sendProblem } from "./problem.ts";
import { PROBLEM_DOCS } from "./problem-docs.ts";

const TEXT = "text/plain; charset=utf-8";

function page(code: ProblemCode): string {
  const { status, error } = PROBLEMS[code];
  return `${code}\nHTTP status ${status}: ${error}\n\n${PROBLEM_DOCS[code]}\n`;
}

function isProblemCode(text: string): text is ProblemCode {
  return Object.hasOwn(PROBLEMS, text);
}

/** `GET /problems/` lists every problem code, `GET /problems/<code>` says what one means and what to do about it. */
export async function problemPages(app: FastifyInstance): Promise<void> {
  app.get(PROBLEM_DOCS_PATH, (_request, reply) => {
    const codes = Object.keys(PROBLEMS).filter(isProblemCode);
    reply.type(TEXT).send(`${codes.map((code) => `${PROBLEM_DOCS_PATH}${code}`).join("\n")}\n`);
  });
  app.get<{ Params: { code: string } }>(`${PROBLEM_DOCS_PATH}:code`, (request, reply) => {
    const { code } = request.params;
    if (!isProblemCode(code)) return sendProblem(reply, "not-found");
    return reply.type(TEXT).send(page(code));
  });
}
