import { createHmac, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import {
  type ProblemCode,
  SIGNATURE_HEADER,
  SIGNATURE_PATTERN,
  SIGNATURE_WINDOW_MS,
  signingPrefix,
  TIMESTAMP_HEADER,
  TIMESTAMP_HEADER_PATTERN,
} from "@org/mcp-analytics-schema";

const SIGNATURE = new RegExp(SIGNATURE_PATTERN);
const TIMESTAMP = new RegExp(TIMESTAMP_HEADER_PATTERN);

/** What a request claims to be signed with; both texts follow their grammar. */
export interface SignatureClaim {
  readonly timestamp: string;
  readonly signature: string;
}

/**
 * Reads the signature headers: everything about a signature that can be said without the body.
 *
 * @param required whether the key refuses unsigned requests
 * @param nowMs clock of the collector; the timestamp may be off by the window in both directions
 * @returns the claim, undefined when unsigned, or the problem
 */
export function readSignature(
  headers: IncomingHttpHeaders,
  required: boolean,
  nowMs: number,
): SignatureClaim | ProblemCode | undefined {
  const signature = headers[SIGNATURE_HEADER];
  const timestamp = headers[TIMESTAMP_HEADER];
  if (signature === undefined && timestamp === undefined) return required ? "signature-required" : undefined;
  // A signature that is there counts, also where none was asked for: half of one is a wrong one.
  if (typeof signature !== "string" || !SIGNATURE.test(signature)) return "invalid-signature";
  if (typeof timestamp !== "string" || !TIMESTAMP.test(timestamp)) return "invalid-signature";
  if (Math.abs(nowMs - Number(timestamp)) > SIGNATURE_WINDOW_MS) return "signature-expired";
  return { timestamp, signature };
}

/**
 * Whether one of the secrets made the signature over these very bytes. Takes the same time whichever it was, or none.
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
