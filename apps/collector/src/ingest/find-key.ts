import { hash } from "node:crypto";
import type { FastifyRequest } from "fastify";
import type { AddressLimiter } from "../limits/address-limiter.ts";
import { BoundedMap } from "../limits/bounded-map.ts";
import type { Refusal } from "../limits/bucket-store.ts";
import { clientAddress } from "../limits/network-address.ts";
import type { KeyCache, KnownKey } from "./key-cache.ts";

const MAX_BLOCKED_ADDRESSES = 10_000;

/** The key, `null` when there is none, or a refusal to look for it. */
export type FoundKey = KnownKey | null | Refusal;

export type FindKey = (apiKey: string, request: FastifyRequest) => FoundKey | Promise<FoundKey>;

/**
 * Finds keys through the cache. Each lookup that finds nothing is charged to the address it came from; an address that has
 * guessed too often gets no further lookups for a while, only what the cache knows.
 */
export function createFindKey(cache: KeyCache, addresses: AddressLimiter, now: () => number): FindKey {
  // Memory only, and only of addresses that guess.
  const blocked = new BoundedMap<string, Refusal>(MAX_BLOCKED_ADDRESSES);

  async function search(keyHash: string, request: FastifyRequest): Promise<FoundKey> {
    const address = clientAddress(request);
    const block = blocked.get(address);
    if (block !== undefined) {
      const retryAfterMs = block.resetAtMs - now();
      if (retryAfterMs > 0) return { ...block, retryAfterMs };
      blocked.delete(address);
    }
    const key = await cache.load(keyHash);
    if (key !== null) return key;
    const refusal = await addresses.takeUnknownKey(request);
    if (refusal === undefined) return null;
    blocked.set(address, refusal);
    return refusal;
  }

  return (apiKey, request) => {
    const keyHash = hash("sha256", apiKey, "hex");
    const cached = cache.peek(keyHash);
    return cached === undefined ? search(keyHash, request) : cached;
  };
}
