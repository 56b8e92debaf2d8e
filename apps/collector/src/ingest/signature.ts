import { createHmac, timingSafeEqual } from "node:crypto";
import { signingPrefix } from "@org/mcp-analytics-schema";
import type { FastifyRequest } from "fastify";
import { ProblemError } from "../http/problem.ts";
import type { KeyRecord } from "../storage/key-store.ts";
import type { IngestRequest, Stage } from "./ingest-request.ts";
import type { KnownKey } from "./key-cache.ts";
import type { SignatureClaim } from "./signature-headers.ts";

/** Checks the signature over the raw bytes of the body. An unsigned request claims nothing and passes. */
export function createSignatureStage(signingSecretsFor: (key: KeyRecord) => readonly string[]): Stage {
  return function signature({ claim, key }: IngestRequest, { body }: FastifyRequest): void {
    if (claim === undefined) return;
    const known = key as KnownKey;
    known.secrets ??= signingSecretsFor(known.record);
    if (!verifySignature(claim, known.secrets, body as Buffer)) throw new ProblemError("invalid-signature");
  };
}

/**
 * Whether one of the secrets made the signature over these very bytes. Takes the same time for each secret, and for none.
 *
 * @param secrets signing secrets of the key, `wms_...`
 * @param body raw bytes as received
 */
export function verifySignature(claim: SignatureClaim, secrets: readonly string[], body: Buffer): boolean {
  const claimed = Buffer.from(claim.signature, "hex");
  const prefix = signingPrefix(claim.timestamp);
  let valid = false;
  for (const secret of secrets) {
    const expected = createHmac("sha256", secret).update(prefix).update(body).digest();
    if (timingSafeEqual(expected, claimed)) valid = true;
  }
  return valid;
}

/** The idempotency id of a single signed event: the first 16 bytes of its signature, written as a UUID. */
export function deliveryIdOf({ signature }: SignatureClaim): string {
  const hex = signature.slice(0, 32);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
