import { BATCH_PATH_SUFFIX, MAX_BATCH_BYTES, MAX_EVENT_BYTES } from "@org/mcp-analytics-schema";
import type { FastifyInstance } from "fastify";
import { allowOrigins } from "../http/allow-origins.ts";
import type { DirectRoutes } from "../http/server.ts";
import { createAcceptBatch } from "./accept-batch.ts";
import { createAcceptEvent } from "./accept-event.ts";
import { createAdmit } from "./admit.ts";
import { createAnswers } from "./answer.ts";
import { createDeliver } from "./deliver.ts";
import type { IngestDeps } from "./ingest-deps.ts";
import { type Accept, createServeRequest } from "./serve-request.ts";

export interface IngestRouteOptions {
  readonly deps: IngestDeps;
  /** Where the routes are entered that need nothing of Fastify. */
  readonly direct: DirectRoutes;
  /** Origins of web pages that may send events. */
  readonly corsOrigins: readonly string[];
}

/**
 * `POST /v1/events` and `POST /v1/events/batch`, registered under the path of events. Fastify knows them for what is wrongly
 * asked of them and for another spelling of their path; it hands their requests on, with the headers that it has set.
 */
export async function ingestRoutes(app: FastifyInstance, options: IngestRouteOptions): Promise<void> {
  const { deps, direct, corsOrigins } = options;
  const answers = createAnswers(deps);
  const admit = createAdmit(deps, answers);
  const deliver = createDeliver(deps, answers);

  await allowOrigins(app, corsOrigins);

  function route(suffix: string, maxBytes: number, accept: Accept): void {
    const serve = createServeRequest(deps, answers, admit, { path: app.prefix + suffix, maxBytes }, accept);
    app.post(
      suffix,
      {
        onRequest: (request, reply) => {
          for (const [name, value] of Object.entries(reply.getHeaders())) {
            if (value !== undefined) reply.raw.setHeader(name, value);
          }
          reply.hijack();
          serve(request.raw, reply.raw);
        },
      },
      () => {},
    );
    if (corsOrigins.length === 0) direct.set(app.prefix + suffix, serve);
  }
  route("", MAX_EVENT_BYTES, createAcceptEvent(deps, answers, deliver));
  route(BATCH_PATH_SUFFIX, MAX_BATCH_BYTES, createAcceptBatch(deps, answers, deliver));
}
