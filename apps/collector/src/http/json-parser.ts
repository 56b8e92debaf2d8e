import { JSON_CONTENT_TYPE } from "@org/mcp-analytics-schema";
import type { FastifyInstance } from "fastify";
import { isJsonContentType } from "./content-type.ts";
import { parseJsonBody } from "./json-body.ts";
import { ProblemError } from "./problem.ts";

/** Makes strict JSON the only body there is. Without it Fastify takes `text/plain` too, which any web page may send. */
export function useStrictJson(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(JSON_CONTENT_TYPE, { parseAs: "buffer" }, (request, body, done) => {
    const { "content-type": contentType, "content-encoding": encoding } = request.headers;
    if (!isJsonContentType(contentType) || encoding !== undefined) {
      done(new ProblemError("unsupported-media-type"));
      return;
    }
    try {
      done(null, parseJsonBody(body as Buffer));
    } catch (error) {
      done(error as Error);
    }
  });
}
