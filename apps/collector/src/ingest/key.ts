import { hash } from "node:crypto";
import type { FastifyRequest } from "fastify";
import { ProblemError } from "../http/problem.ts";
import type { LimitAddress } from "../limits/address-limits.ts";
import type { IngestRequest, Stage } from "./ingest-request.ts";
import type { KeyCache, KnownKey } from "./key-cache.ts";

/**
 * Finds the API key. A look-up that finds nothing is a guess: it is charged to its address after the fact, so a guesser
 * never delays or refuses a key that exists behind the same address.
 */
export function createKeyStage(keys: KeyCache, chargeGuess: LimitAddress, now: () => number): Stage {
  return function key(ingest: IngestRequest, request: FastifyRequest): void | Promise<void> {
    const keyHash = hash("sha256", ingest.apiKey, "hex");
    const known = keys.peek(keyHash, now());
    // Most keys of a busy moment are cached, and a promise for each would cost more than the look.
    return known === undefined ? lookUp(ingest, request, keyHash) : accept(ingest, known);
  };

  async function lookUp(ingest: IngestRequest, request: FastifyRequest, keyHash: string): Promise<void> {
    const found = await keys.load(keyHash);
    if (found === null) await chargeGuess(request);
    accept(ingest, found);
  }

  function accept(ingest: IngestRequest, known: KnownKey | null): void {
    if (known === null) throw new ProblemError("invalid-key");
    if (known.record.status !== "active") throw new ProblemError("key-disabled");
    ingest.key = known;
    ingest.limits = known.limits;
  }
}
