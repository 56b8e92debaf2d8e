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
  const { addresses, keyLimiter, now } = deps;
  const findKey = createFindKey(createKeyCache(deps.keyStore, now), addresses, now);

  function admit(request: FastifyRequest, reply: FastifyReply, maxBytes: number, done: Done): void {
    request.startedAtMs = performance.now();
    const framing = checkFraming(request.headers, maxBytes);
    if (framing !== undefined) answers.refused(reply, framing);
    else {
      const refusal = addresses.take(request);
      if (refusal instanceof Promise) refusal.then((late) => identify(request, reply, late, done)).catch(done);
      else identify(request, reply, refusal, done);
    }
  }

  function identify(request: FastifyRequest, reply: FastifyReply, refusal: Refusal | undefined, done: Done): void {
    if (refusal !== undefined) {
      answers.limited(reply, refusal);
      return;
    }
    const credentials = readCredentials(request.headers);
    if ("problem" in credentials) answers.refused(reply, credentials.problem);
    else {
      const nowMs = now();
      const found = findKey(credentials.apiKey, request, nowMs);
      if (found instanceof Promise) found.then((key) => charge(request, reply, key, now(), done)).catch(done);
      else charge(request, reply, found, nowMs, done);
    }
  }

  function charge(request: FastifyRequest, reply: FastifyReply, found: FoundKey, nowMs: number, done: Done): void {
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
    const claim = readSignature(request.headers, record.requireSignature, nowMs);
    if (typeof claim === "string") answers.refused(reply, claim);
    else {
      const taken = keyLimiter.takeRequest(limits, nowMs);
      if (taken instanceof Promise) taken.then((late) => letIn(request, reply, found, claim, late, done)).catch(done);
      else letIn(request, reply, found, claim, taken, done);
    }
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
