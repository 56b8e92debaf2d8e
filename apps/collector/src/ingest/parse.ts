import type { FastifyRequest } from "fastify";
import { parseJsonBody } from "../http/json-body.ts";
import type { IngestRequest } from "./ingest-request.ts";

/** Parses the raw bytes as JSON. */
export function parse(ingest: IngestRequest, { body }: FastifyRequest): void {
  ingest.body = parseJsonBody(body as Buffer);
}
