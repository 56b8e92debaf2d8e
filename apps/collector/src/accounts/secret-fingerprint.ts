import { createHmac } from "node:crypto";

const FINGERPRINT_HEX_LENGTH = 32;

/** Tells one master secret from another and nothing about it: 32 hexadecimal digits. */
export function secretFingerprint(masterSecret: Buffer): string {
  const digest = createHmac("sha256", masterSecret).update("mcp-analytics/fingerprint/v1").digest("hex");
  return digest.slice(0, FINGERPRINT_HEX_LENGTH);
}
