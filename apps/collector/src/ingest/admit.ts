import type { Refusal, TakeResult } from "../limits/bucket-store.ts";
import type { Admission } from "./admission.ts";
import type { Answers } from "./answer.ts";
import { checkFraming } from "./check-framing.ts";
import type { Exchange } from "./exchange.ts";
import { createFindKey, type FoundKey } from "./find-key.ts";
import type { IngestDeps } from "./ingest-deps.ts";
import { createKeyCache, type KnownKey } from "./key-cache.ts";
import { readCredentials } from "./read-credentials.ts";
import { readSignature, type SignatureClaim } from "./signature.ts";

/** Runs before a body is read: either answers the request, or lets it in. */
export type Admit = (exchange: Exchange, letIn: LetIn) => void;
type LetIn = (exchange: Exchange, admission: Admission) => void;

/**
 * The checks that need no body, cheap to expensive. Whoever fails one costs nothing of what follows: no hash for a text that
 * is no key, no lookup for an address that guesses, no token of a key for a request that its signature headers already
 * condemn, no byte of a body for anybody who is not let in. Most requests wait for nothing but their key's tokens, so each
 * check goes on at once where it can: a promise for each would cost more than the checks.
 */
export function createAdmit(deps: IngestDeps, answers: Answers): Admit {
  const { addresses, keyLimiter, now } = deps;
  const findKey = createFindKey(createKeyCache(deps.keyStore, now), addresses, now);

  /** Goes on with a value that may come later; an error on the way is the answer. */
  function whenKnown<Value>(exchange: Exchange, value: Value | Promise<Value>, next: (value: Value) => void): void {
    if (value instanceof Promise) value.then(next).catch((error) => answers.failed(exchange, error));
    else next(value);
  }

  function admit(exchange: Exchange, letIn: LetIn): void {
    const framing = checkFraming(exchange.request.headers, exchange.route.maxBytes);
    if (framing !== undefined) answers.refused(exchange, framing);
    else whenKnown(exchange, addresses.take(exchange.address), (refusal) => identify(exchange, refusal, letIn));
  }

  function identify(exchange: Exchange, refusal: Refusal | undefined, letIn: LetIn): void {
    if (refusal !== undefined) {
      answers.limited(exchange, refusal);
      return;
    }
    const credentials = readCredentials(exchange.request.headers);
    if ("problem" in credentials) answers.refused(exchange, credentials.problem);
    else {
      const found = findKey(credentials.apiKey, exchange.address, now());
      whenKnown(exchange, found, (key) => charge(exchange, key, letIn));
    }
  }

  function charge(exchange: Exchange, found: FoundKey, letIn: LetIn): void {
    if (found === null) {
      answers.refused(exchange, "invalid-key");
      return;
    }
    if ("allowed" in found) {
      answers.limited(exchange, found);
      return;
    }
    const { record, limits } = found;
    if (record.status !== "active") {
      answers.refused(exchange, "key-disabled");
      return;
    }
    const nowMs = now();
    const claim = readSignature(exchange.request.headers, record.requireSignature, nowMs);
    if (typeof claim === "string") answers.refused(exchange, claim);
    else {
      const taken = keyLimiter.takeRequest(limits, nowMs);
      whenKnown(exchange, taken, (result) => enter(exchange, found, claim, result, letIn));
    }
  }

  function enter(
    exchange: Exchange,
    key: KnownKey,
    claim: SignatureClaim | undefined,
    taken: TakeResult,
    letIn: LetIn,
  ): void {
    if (!taken.allowed) {
      answers.limited(exchange, taken, key.limits.policyHeader);
      return;
    }
    const admission = { key, grant: taken, claim, validEvents: 0, settled: false };
    exchange.admission = admission;
    // A client that has gone meanwhile: its body would neither come nor end, and nothing would ever settle the charge.
    if (exchange.request.destroyed) answers.refused(exchange, "bad-request");
    else letIn(exchange, admission);
  }

  return admit;
}
