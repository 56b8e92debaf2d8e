import type { FastifyReply, FastifyRequest } from "fastify";
import type { Refusal, TakeResult } from "../limits/bucket-store.ts";
import type { Answers } from "./answer.ts";
import { checkFraming } from "./check-framing.ts";
import { createFindKey, type FoundKey } from "./find-key.ts";
import type { IngestDeps } from "./ingest-deps.ts";
import { createKeyCache, type KnownKey } from "./key-cache.ts";
import { readCredentials } from "./read-credentials.ts";
import { readSignature, type SignatureClaim } from "./signature.ts";

/** Runs before a body is read: either answers the request, or calls `done`, with the error if there was one. */
export type Admit = (request: FastifyRequest, reply: FastifyReply, maxBytes: number, done: Done) => void;
type Done = (error?: Error) => void;

/**
 * The checks that need no body, cheap to expensive. Whoever fails one costs nothing of what follows: no hash for a text that
 * is no key, no lookup for an address that guesses, no token of a key for a request that its signature headers already
 * condemn, no byte of a body for anybody who is not let in. Most requests wait for nothing but their key's tokens, so each
 * check goes on at once where it can: a promise for each would cost more than the checks.
 */
export function createAdmit(deps: IngestDeps, answers: Answers): Admit {
  const { addresses, buckets, now } = deps;
  const findKey = createFindKey(createKeyCache(deps.keyStore, now), addresses, now);

  function admit(request: FastifyRequest, reply: FastifyReply, maxBytes: number, done: Done): void {
    request.startedAtMs = performance.now();
    const framing = checkFraming(request.headers, maxBytes);
    if (framing !== undefined) answers.refused(reply, framing);
    else whenKnown(addresses.take(request), (refusal) => identify(request, reply, refusal, done), done);
  }

  function identify(request: FastifyRequest, reply: FastifyReply, refusal: Refusal | undefined, done: Done): void {
    if (refusal !== undefined) {
      answers.limited(reply, refusal);
      return;
    }
    const credentials = readCredentials(request.headers);
    if ("problem" in credentials) answers.refused(reply, credentials.problem);
    else whenKnown(findKey(credentials.apiKey, request), (found) => charge(request, reply, found, done), done);
  }

  function charge(request: FastifyRequest, reply: FastifyReply, found: FoundKey, done: Done): void {
    if (found === null) {
      answers.refused(reply, "invalid-key");
      return;
    }
    if ("allowed" in found) {
      answers.limited(reply, found);
      return;
    }
    const { record, limits } = found;
    if (record.status !== "active") {
      answers.refused(reply, "key-disabled");
      return;
    }
    const claim = readSignature(request.headers, record.requireSignature, now());
    if (typeof claim === "string") answers.refused(reply, claim);
    else whenKnown(buckets.take(limits.request), (taken) => letIn(request, reply, found, claim, taken, done), done);
  }

  function letIn(
    request: FastifyRequest,
    reply: FastifyReply,
    key: KnownKey,
    claim: SignatureClaim | undefined,
    taken: TakeResult,
    done: Done,
  ): void {
    if (!taken.allowed) {
      answers.limited(reply, taken, key.limits.policyHeader);
      return;
    }
    request.admission = { key, grant: taken, claim, validEvents: 0, settled: false };
    // A client that has gone meanwhile: its body would neither come nor end, and nothing would ever settle the charge.
    if (request.raw.destroyed) answers.refused(reply, "bad-request");
    else done();
  }

  return admit;
}

/** Goes on at once with what is known already, else when it is. */
function whenKnown<Value>(value: Value | Promise<Value>, next: (value: Value) => void, failed: Done): void {
  if (value instanceof Promise) value.then(next).catch(failed);
  else next(value);
}
