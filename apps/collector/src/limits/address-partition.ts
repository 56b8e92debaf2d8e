import { createHmac } from "node:crypto";
import { LRUCache } from "lru-cache";
import { networkOf } from "./network-address.ts";
import { DAY_MS } from "./token-bucket.ts";

/** Addresses whose pseudonym stays in memory, about 200 bytes each. */
const MAX_CACHED_ADDRESSES = 20_000;
const HASH_HEX_LENGTH = 32;

/**
 * Turns addresses into pseudonyms: an HMAC under a salt that changes every day (UTC). The salt is derived from the master
 * secret, so that replicas agree and no salt lies beside the hashes. Addresses themselves stay in this process's memory,
 * and only until the day ends.
 *
 * @param secret 32 bytes
 * @param now Unix ms
 */
export function createAddressPartitions(secret: Buffer, now: () => number): (address: string) => string {
  const cache = new LRUCache<string, string>({ max: MAX_CACHED_ADDRESSES });
  let day = -1;
  let salt = secret;
  return (address) => {
    const today = Math.floor(now() / DAY_MS);
    if (today !== day) {
      day = today;
      salt = createHmac("sha256", secret).update(`mcp-analytics/address/v1/${day}`).digest();
      cache.clear();
    }
    let partition = cache.get(address);
    if (partition === undefined) {
      partition = createHmac("sha256", salt).update(networkOf(address)).digest("hex").slice(0, HASH_HEX_LENGTH);
      cache.set(address, partition);
    }
    return partition;
  };
}
