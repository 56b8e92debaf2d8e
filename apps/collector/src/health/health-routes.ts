import type { FastifyInstance } from "fastify";
import { retrySoonSeconds } from "../http/error-handler.ts";
import { sendProblem } from "../http/problem.ts";
import type { Readiness } from "./readiness.ts";

const OK = { status: "ok" } as const;

/**
 * `/health` and `/livez` answer as long as the process does; `/readyz` only while events can be stored. Not limited: what
 * watches the collector asks often, and the answers cost nothing.
 */
export async function healthRoutes(
  app: FastifyInstance,
  { readiness }: { readonly readiness: Readiness },
): Promise<void> {
  app.get("/health", async () => OK);
  app.get("/livez", async () => OK);
  app.get("/readyz", async (_request, reply) => {
    const problem = await readiness();
    if (problem === undefined) return OK;
    return sendProblem(reply.header("retry-after", retrySoonSeconds()), problem);
  });
}
