import { hkdfSync } from "node:crypto";
import { SIGNING_SECRET_PREFIX } from "@org/mcp-analytics-schema/constants";

/**
 * Signing secret of a key: derived, so none is stored. `wms_` and 64 hexadecimal digits.
 *
 * @param masterSecret 32 bytes
 * @param apiKeyId UUID of the key
 * @param secretVersion counts up when the secret is replaced
 */
export function signingSecret(masterSecret: Buffer, apiKeyId: string, secretVersion: number): string {
  const info = `mcp-analytics/signing/v1/${apiKeyId}/${secretVersion}`;
  const bytes = hkdfSync("sha256", masterSecret, "", info, 32);
  return SIGNING_SECRET_PREFIX + Buffer.from(bytes).toString("hex");
}
