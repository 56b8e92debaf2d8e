import { hash } from "node:crypto";
import type { FastifyRequest } from "fastify";
import type { AddressLimiter } from "../limits/address-limiter.ts";
import { BoundedMap } from "../limits/bounded-map.ts";
import type { Refusal } from "../limits/bucket-store.ts";
import { clientAddress, networkOf } from "../limits/network-address.ts";
import { createTurns } from "../limits/turns.ts";
import type { KeyCache, KnownKey } from "./key-cache.ts";

const MAX_BLOCKED_NETWORKS = 10_000;
/** Lookups of keys that have not been seen before, per network. */
const GUESSES_AT_ONCE = 5;

/** The key, `null` when there is none, or a refusal to look for it. */
export type FoundKey = KnownKey | null | Refusal;

export type FindKey = (apiKey: string, request: FastifyRequest) => FoundKey | Promise<FoundKey>;

/**
 * Finds keys through the cache. Each lookup that finds nothing is charged to the network it came from; a network that has
 * guessed too often gets no further lookups for a while. A key that was good a moment ago is no guess: its owner is not
 * locked out by others who guess behind the same address.
 */
export function createFindKey(cache: KeyCache, addresses: AddressLimiter, now: () => number): FindKey {
  // Memory only, and only of networks that guess.
  const blocked = new BoundedMap<string, Refusal>(MAX_BLOCKED_NETWORKS);
  // Guesses that come all at once would else be looked up before the first of them is charged.
  const inTurn = createTurns(GUESSES_AT_ONCE);

  async function search(keyHash: string, request: FastifyRequest): Promise<FoundKey> {
    const network = networkOf(clientAddress(request));
    if (cache.wasKnown(keyHash)) return lookUp(keyHash, request, network);
    return inTurn(network, async () => {
      const block = blocked.get(network);
      if (block !== undefined) {
        const retryAfterMs = block.resetAtMs - now();
        if (retryAfterMs > 0) return { ...block, retryAfterMs };
        blocked.delete(network);
      }
      const cached = cache.peek(keyHash);
      return cached === undefined ? lookUp(keyHash, request, network) : cached;
    });
  }

  async function lookUp(keyHash: string, request: FastifyRequest, network: string): Promise<FoundKey> {
    const key = await cache.load(keyHash);
    if (key !== null) return key;
    const refusal = await addresses.takeUnknownKey(request);
    if (refusal === undefined) return null;
    blocked.set(network, refusal);
    return refusal;
  }

  return (apiKey, request) => {
    const keyHash = hash("sha256", apiKey, "hex");
    const cached = cache.peek(keyHash);
    return cached === undefined ? search(keyHash, request) : cached;
  };
}
