import { BoundedMap } from "./bounded-map.ts";
import type { BucketStore, Charge, TakeResult } from "./bucket-store.ts";

const MAX_LEASES = 10_000;
/** Tokens of a lease that are not used in this time are lost: nobody gets more than the limit, at worst a little less. */
const LEASE_MS = 10_000;
/** A lease is this part of what a bucket holds, so a small limit is exact to the token. */
const LEASES_PER_BUCKET = 1_000;

interface Lease {
  tokens: number;
  readonly untilMs: number;
  readonly grant: TakeResult;
}

/**
 * Takes tokens of large buckets in bulk, so that a busy address does not cost a question to the shared store with each
 * request.
 *
 * @param capacity of the buckets that will be charged, one token at a time
 */
export function createLeases(store: BucketStore, capacity: number, now: () => number) {
  const leaseTokens = Math.max(1, Math.floor(capacity / LEASES_PER_BUCKET));
  const leases = new BoundedMap<string, Lease>(MAX_LEASES);

  async function renew(charge: Charge): Promise<TakeResult> {
    const grant = await store.take({ ...charge, cost: leaseTokens });
    // Towards its end a bucket still gives out what it has.
    if (!grant.allowed) return store.take(charge);
    leases.set(charge.partition, { tokens: leaseTokens - 1, untilMs: now() + LEASE_MS, grant });
    return grant;
  }

  return {
    /** Answers at once where a lease has tokens left. */
    take(charge: Charge): TakeResult | Promise<TakeResult> {
      if (leaseTokens === 1) return store.take(charge);
      const lease = leases.get(charge.partition);
      if (lease === undefined || lease.tokens === 0 || now() >= lease.untilMs) return renew(charge);
      lease.tokens--;
      return lease.grant;
    },
  };
}
