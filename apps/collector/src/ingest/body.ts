import { JSON_CONTENT_TYPE } from "@org/mcp-analytics-schema";
import type { FastifyInstance } from "fastify";

/**
 * Keeps bodies of this scope as raw bytes: a signature covers them, and they are parsed only once it is verified. Fastify bounds
 * them by the `bodyLimit` of the route.
 */
export function keepRawBody(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(JSON_CONTENT_TYPE, { parseAs: "buffer" }, (_request, body, done) => done(null, body));
}
