import { BATCH_PATH_SUFFIX, MAX_BATCH_BYTES, MAX_EVENT_BYTES } from "@org/mcp-analytics-schema";
import type { FastifyInstance } from "fastify";
import { allowOrigins } from "../http/allow-origins.ts";
import { createStages } from "./admit.ts";
import { keepRawBody } from "./body.ts";
import { createCommit } from "./commit.ts";
import type { IngestDeps } from "./ingest-deps.ts";
import { createCountOutcome } from "./outcome.ts";
import { createRefuse } from "./refuse.ts";
import { BATCH_RESPONSES, createBatchHandler, createEventHandler, EVENT_RESPONSES } from "./response.ts";

export interface IngestOptions {
  readonly deps: IngestDeps;
  /** Origins of web pages that may send events. */
  readonly corsOrigins: readonly string[];
}

/**
 * `POST /v1/events` and `POST /v1/events/batch`, registered under the path of events. Takes a request, gives 201 after the
 * COMMIT of its events or a problem. Redis down: limits per process; database down: 503, and nothing is charged.
 */
export async function ingest(app: FastifyInstance, { deps, corsOrigins }: IngestOptions): Promise<void> {
  const stages = createStages(deps);
  const commit = createCommit(deps);

  await allowOrigins(app, corsOrigins);
  keepRawBody(app);
  app.decorateRequest("ingest", null);
  app.setErrorHandler(createRefuse(deps.buckets, deps.outcomes));
  app.addHook("onSend", createCountOutcome(deps));

  app.post(
    "",
    {
      bodyLimit: MAX_EVENT_BYTES,
      schema: { response: EVENT_RESPONSES },
      onRequest: stages.beforeBody,
      preHandler: stages.event,
    },
    createEventHandler(commit, deps),
  );
  app.post(
    BATCH_PATH_SUFFIX,
    {
      bodyLimit: MAX_BATCH_BYTES,
      schema: { response: BATCH_RESPONSES },
      onRequest: stages.beforeBody,
      preHandler: stages.batch,
    },
    createBatchHandler(commit, deps),
  );
}
