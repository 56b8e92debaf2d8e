import {
  SIGNATURE_HEADER,
  SIGNATURE_PATTERN,
  SIGNATURE_WINDOW_MS,
  TIMESTAMP_HEADER,
  TIMESTAMP_HEADER_PATTERN,
} from "@org/mcp-analytics-schema";
import type { FastifyRequest } from "fastify";
import { ProblemError } from "../http/problem.ts";
import type { IngestRequest, Stage } from "./ingest-request.ts";

const SIGNATURE = new RegExp(SIGNATURE_PATTERN);
const TIMESTAMP = new RegExp(TIMESTAMP_HEADER_PATTERN);

/** The signature headers of a request; both texts follow their grammar. */
export interface SignatureClaim {
  readonly timestamp: string;
  readonly signature: string;
}

/** Reads the signature headers of a request. */
export function createSignatureHeadersStage(now: () => number): Stage {
  return function signatureHeaders(ingest: IngestRequest, { headers }: FastifyRequest): void {
    ingest.claim = readClaim(headers, ingest.key?.record.requireSignature ?? true, now());
  };
}

/**
 * Everything about a signature that needs no body.
 *
 * @param required whether the key refuses unsigned requests
 * @param nowMs clock of the collector; the timestamp may differ by the window in both directions
 * @returns undefined when the request is unsigned
 * @throws {ProblemError} `signature-required`, `invalid-signature` or `signature-expired`
 */
export function readClaim(
  headers: FastifyRequest["headers"],
  required: boolean,
  nowMs: number,
): SignatureClaim | undefined {
  const signature = headers[SIGNATURE_HEADER];
  const timestamp = headers[TIMESTAMP_HEADER];
  if (signature === undefined && timestamp === undefined) {
    if (required) throw new ProblemError("signature-required");
    return undefined;
  }
  // If either header is present, both must be valid, even when the key does not require signing.
  if (typeof signature !== "string" || !SIGNATURE.test(signature)) throw new ProblemError("invalid-signature");
  if (typeof timestamp !== "string" || !TIMESTAMP.test(timestamp)) throw new ProblemError("invalid-signature");
  if (Math.abs(nowMs - Number(timestamp)) > SIGNATURE_WINDOW_MS) throw new ProblemError("signature-expired");
  return { timestamp, signature };
}
