import type { Admission } from "./admission.ts";
import type { IngestDeps } from "./ingest-deps.ts";
import { verifySignature } from "./signature.ts";

/** Whether the raw bytes of a body are what the request says was signed; an unsigned request claims nothing. */
export function checkSignature(
  { claim, key }: Admission,
  body: Buffer,
  signingSecretsFor: IngestDeps["signingSecretsFor"],
): boolean {
  if (claim === undefined) return true;
  key.secrets ??= signingSecretsFor(key.record);
  return verifySignature(claim, key.secrets, body);
}
