import type { FastifyReply, FastifyRequest } from "fastify";
import type { Answers } from "./answer.ts";
import { checkFraming } from "./check-framing.ts";
import { createFindKey } from "./find-key.ts";
import type { IngestDeps } from "./ingest-deps.ts";
import { createKeyCache } from "./key-cache.ts";
import { readCredentials } from "./read-credentials.ts";
import { readSignature } from "./signature.ts";

/** Runs before a body is read; a reply means that the request has been answered. */
export type Admit = (
  request: FastifyRequest,
  reply: FastifyReply,
  maxBytes: number,
) => Promise<FastifyReply | undefined>;

/**
 * The checks that need no body, cheap to expensive. Whoever fails one costs nothing of what follows: no hash for a text that
 * is no key, no lookup for an address that guesses, no token of a key for a request that its signature headers already
 * condemn, no byte of a body for anybody who is not let in.
 */
export function createAdmit(deps: IngestDeps, answers: Answers): Admit {
  const { addresses, buckets, now } = deps;
  const findKey = createFindKey(createKeyCache(deps.keyStore, now), addresses, now);

  return async (request, reply, maxBytes) => {
    request.startedAtMs = performance.now();
    const { headers } = request;
    const framing = checkFraming(headers, maxBytes);
    if (framing !== undefined) return answers.refused(reply, framing);

    const addressRefusal = await addresses.take(request);
    if (addressRefusal !== undefined) return answers.limited(reply, addressRefusal);

    const credentials = readCredentials(headers);
    if ("problem" in credentials) return answers.refused(reply, credentials.problem);

    const found = findKey(credentials.apiKey, request);
    const key = found instanceof Promise ? await found : found;
    if (key === null) return answers.refused(reply, "invalid-key");
    if ("allowed" in key) return answers.limited(reply, key);

    const { record, limits } = key;
    if (record.status !== "active") return answers.refused(reply, "key-disabled");
    const claim = readSignature(headers, record.requireSignature, now());
    if (typeof claim === "string") return answers.refused(reply, claim);

    const taken = await buckets.take(limits.request);
    if (!taken.allowed) return answers.limited(reply, taken, limits.policyHeader);
    request.admission = { key, grant: taken, claim, validEvents: 0, settled: false };
    // A client that has gone meanwhile: its body would neither come nor end, and nothing would ever settle the charge.
    if (request.raw.destroyed) return answers.refused(reply, "bad-request");
    return undefined;
  };
}
