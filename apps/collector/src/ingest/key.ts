import { hash } from "node:crypto";
import type { FastifyRequest } from "fastify";
import { ProblemError } from "../http/problem.ts";
import type { LimitAddress } from "../limits/address-limits.ts";
import { keyLimits } from "../limits/key-limits.ts";
import type { IngestRequest, Stage } from "./ingest-request.ts";
import type { KeyCache } from "./key-cache.ts";

/**
 * Finds the API key. A look-up that finds nothing is a guess: it is charged to its address after the fact, so a guesser
 * never delays or refuses a key that exists behind the same address.
 */
export function createKeyStage(keys: KeyCache, chargeGuess: LimitAddress, now: () => number): Stage {
  return async function key(ingest: IngestRequest, request: FastifyRequest): Promise<void> {
    const keyHash = hash("sha256", ingest.apiKey, "hex");
    let known = keys.peek(keyHash, now());
    if (known === undefined) {
      known = await keys.load(keyHash);
      if (known === null) await chargeGuess(request);
    }
    if (known === null) throw new ProblemError("invalid-key");
    if (known.record.status !== "active") throw new ProblemError("key-disabled");
    ingest.key = known;
    ingest.limits = keyLimits(known.record);
  };
}
