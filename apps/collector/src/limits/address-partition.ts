import { createHmac } from "node:crypto";
import { BoundedMap } from "./bounded-map.ts";
import { networkOf } from "./network-address.ts";
import { DAY_MS } from "./token-bucket.ts";

const MAX_REMEMBERED = 20_000;
const HASH_HEX_LENGTH = 32;

/**
 * Turns addresses into names of partitions that say nothing about them: an HMAC under a salt that changes every day (UTC).
 * The salt comes from the master secret, so that replicas agree and no salt lies beside the hashes. Addresses themselves
 * stay in this process's memory, and only until the day ends.
 *
 * @param secret 32 bytes
 * @param now Unix ms
 */
export function createAddressPartitions(secret: Buffer, now: () => number): (address: string) => string {
  const remembered = new BoundedMap<string, string>(MAX_REMEMBERED);
  let day = -1;
  let salt = secret;
  return (address) => {
    const today = Math.floor(now() / DAY_MS);
    if (today !== day) {
      day = today;
      salt = createHmac("sha256", secret).update(`mcp-analytics/address/v1/${day}`).digest();
      remembered.clear();
    }
    let partition = remembered.get(address);
    if (partition === undefined) {
      partition = createHmac("sha256", salt).update(networkOf(address)).digest("hex").slice(0, HASH_HEX_LENGTH);
      remembered.set(address, partition);
    }
    return partition;
  };
}
