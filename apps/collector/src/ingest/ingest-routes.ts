import { BATCH_PATH_SUFFIX, JSON_CONTENT_TYPE, MAX_BATCH_BYTES, MAX_EVENT_BYTES } from "@org/mcp-analytics-schema";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { allowOrigins } from "../http/allow-origins.ts";
import { problemOf } from "../http/error-handler.ts";
import { createAcceptBatch } from "./accept-batch.ts";
import { createAcceptEvent } from "./accept-event.ts";
import { createAdmit } from "./admit.ts";
import { createAnswers } from "./answer.ts";
import { createDeliver } from "./deliver.ts";
import type { IngestDeps } from "./ingest-deps.ts";

/**
 * `POST /v1/events` and `POST /v1/events/batch`. Registered under the path of events, in a scope of its own: bodies arrive
 * here as raw bytes.
 */
export async function ingestRoutes(app: FastifyInstance, deps: IngestDeps): Promise<void> {
  const answers = createAnswers(deps);
  const admit = createAdmit(deps, answers);
  const deliver = createDeliver(deps);

  app.decorateRequest("admission", null);
  app.decorateRequest("startedAtMs", 0);
  app.removeAllContentTypeParsers();
  // The bytes are kept as they came: a signature is made over them, and they are parsed only once it holds.
  app.addContentTypeParser(JSON_CONTENT_TYPE, { parseAs: "buffer" }, (_request, body, done) => done(null, body));
  app.setErrorHandler((error: unknown, request, reply) => {
    const code = problemOf(error);
    if (code === "internal") request.server.log.error({ err: error, req: request }, "request failed");
    return answers.refused(reply, code);
  });

  await allowOrigins(app, deps.corsOrigins);

  const route = (suffix: string, maxBytes: number, handler: (request: FastifyRequest, reply: FastifyReply) => void) =>
    app.post(
      suffix,
      { bodyLimit: maxBytes, onRequest: (request, reply, done) => admit(request, reply, maxBytes, done) },
      handler,
    );
  route("", MAX_EVENT_BYTES, createAcceptEvent(deps, answers, deliver));
  route(BATCH_PATH_SUFFIX, MAX_BATCH_BYTES, createAcceptBatch(deps, answers, deliver));
}
