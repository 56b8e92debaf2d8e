import type { FastifyRequest } from "fastify";
import { isJsonContentType } from "../http/content-type.ts";
import { ProblemError } from "../http/problem.ts";
import type { IngestRequest } from "./ingest-request.ts";

/** Checks what the headers say about the body, before anything is counted or read. */
export function framing(_ingest: IngestRequest, { headers, routeOptions }: FastifyRequest): void {
  if (!isJsonContentType(headers["content-type"])) throw new ProblemError("unsupported-media-type");
  // Nothing is ever decompressed, so a few bytes cannot become many.
  if (headers["content-encoding"] !== undefined) throw new ProblemError("unsupported-media-type");
  const length = headers["content-length"];
  const { bodyLimit = 0 } = routeOptions;
  if (length !== undefined && Number(length) > bodyLimit) throw new ProblemError("body-too-large");
}
