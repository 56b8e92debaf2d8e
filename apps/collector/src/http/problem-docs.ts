import type { ProblemCode } from "@org/mcp-analytics-schema";

const SIGNING =
  'X-Signature is the lower-case hex HMAC-SHA256 of X-Timestamp + "." + the raw bytes of the body, with the signing secret (wms_...) of the key.';

/** What each problem code means and what mends it, for whoever follows the `type` of an answer. */
export const PROBLEM_DOCS: Readonly<Record<ProblemCode, string>> = {
  "invalid-event":
    "The body is JSON but no valid event or batch: a field is unknown, missing or breaks its rule. For an event, `details` names the rule. Nothing was stored. Sending the same again gives the same answer.",
  "no-valid-event":
    "Not one event of the batch is valid; `details` names the rule that each breaks. Nothing was stored. Sending the same again gives the same answer.",
  "malformed-json":
    "The body is not JSON, or begins with a byte order mark. Where a member name is repeated, the last one counts.",
  "invalid-utf8": "The body has bytes that are no UTF-8.",
  "too-deep": "The body nests objects and arrays deeper than any valid body does.",
  "conflicting-credentials": "Both X-API-Key and Authorization were sent. Send one of them.",
  "bad-request": "The request is not well-formed HTTP, has a malformed URL, or its parameters break their rules.",
  "key-required": "Send an API key in X-API-Key, or as `Authorization: Bearer`.",
  "invalid-key": "There is no such API key: it is malformed, unknown or deleted. The body is the same for all three.",
  "signature-required": `This key refuses unsigned requests. ${SIGNING}`,
  "invalid-signature": `The signature does not fit the body, or one of X-Timestamp and X-Signature is missing or malformed. ${SIGNING}`,
  "signature-expired":
    "X-Timestamp (Unix milliseconds) is more than 60 seconds off the clock of the collector. Check the clock, then sign anew.",
  "signature-replayed":
    "A single event with this signature is stored already. Use a batch with a batchId to repeat a delivery safely.",
  "sign-in-required": "This page or route needs a session. Open a link made by `collector admin-link`.",
  "key-disabled": "The API key exists and is switched off. Do not try again with it.",
  forbidden: "The request is not allowed from where it came.",
  "not-found": "There is nothing at this path.",
  "method-not-allowed": "The path exists, the method does not; `Allow` lists those that do.",
  "request-timeout": "The request did not arrive whole within 10 seconds.",
  "body-too-large": "The body is larger than the route takes: 1 KiB for one event, 64 KiB for a batch.",
  "too-many-events": "The batch has more than 100 events. Split it. Nothing was stored.",
  "unsupported-media-type":
    "Send `Content-Type: application/json`, once, in UTF-8, and no Content-Encoding. Nothing is decompressed.",
  "rate-limited":
    "A limit of the API key or of the address is exhausted. `limit` is its size, `resetAt` (Unix milliseconds) and Retry-After (seconds) say when a request is let in again. Nothing was consumed.",
  internal: "Something unexpected went wrong in the collector. Nothing is known to be stored.",
  "storage-unavailable":
    "The database cannot store now. Nothing is known to be stored, and the request was not counted. Keep the events and send the same batch, with the same batchId, after Retry-After.",
  overloaded: "More requests wait than may wait. Nothing was stored. Try again after Retry-After.",
  "shutting-down": "This process is stopping. Try again after Retry-After; another or the next process will answer.",
};
