/**
 * The text before the body in the signed message: `X-Signature` is
 * `hex(HMAC-SHA256(signing secret as UTF-8 text, "<timestamp>." + raw body bytes))`.
 * The body is signed as the bytes sent, never as re-serialised JSON.
 *
 * @param timestampMs value of `X-Timestamp`, Unix milliseconds
 */
export function signingPrefix(timestampMs: number | string): string {
  return `${timestampMs}.`;
}
