import { signingPrefix } from "@org/mcp-analytics-schema/constants";

/** `X-Signature` of a body sent at `timestampMs`: HMAC-SHA256 in hex over `<timestamp>.<body bytes>`. */
export async function sign(secret: string, timestampMs: number, body: Buffer): Promise<string> {
  const { createHmac } = await import("node:crypto");
  return createHmac("sha256", secret).update(signingPrefix(timestampMs)).update(body).digest("hex");
}
