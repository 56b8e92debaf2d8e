import { hash } from "node:crypto";
import type { AddressLimiter } from "../limits/address-limiter.ts";
import type { Refusal } from "../limits/bucket-store.ts";
import { createGuess } from "../limits/guesses.ts";
import type { KeyCache, KnownKey } from "./key-cache.ts";

/** The key, `null` when there is none, or a refusal to look for it. */
export type FoundKey = KnownKey | null | Refusal;

/** @param nowMs Unix ms */
export type FindKey = (apiKey: string, address: string, nowMs: number) => FoundKey | Promise<FoundKey>;

/**
 * Finds keys through the cache. Each lookup that finds nothing is charged to the network it came from; a network that has
 * guessed too often gets no further lookups for a while. A key that was good a moment ago is no guess: its owner is not
 * locked out by others who guess behind the same address.
 */
export function createFindKey(cache: KeyCache, addresses: AddressLimiter, now: () => number): FindKey {
  const guess = createGuess((address) => addresses.takeUnknownKey(address), now);

  function search(keyHash: string, address: string): Promise<FoundKey> {
    const lookUp = () => cache.load(keyHash);
    if (!cache.wasKnown(keyHash)) return guess(address, lookUp, () => cache.peek(keyHash, now()));
    // One that has gone meanwhile has been looked up in vain, and counts as that.
    return lookUp().then((key) => key ?? guess<KnownKey>(address, async () => null));
  }

  return (apiKey, address, nowMs) => {
    const keyHash = hash("sha256", apiKey, "hex");
    const cached = cache.peek(keyHash, nowMs);
    return cached === undefined ? search(keyHash, address) : cached;
  };
}
