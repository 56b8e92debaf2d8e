import { BoundedMap } from "./bounded-map.ts";
import type { BucketStore, Charge, TakeResult, TokenBucketPolicy } from "./bucket-store.ts";

const MAX_LEASES = 10_000;
/** Tokens of a lease that are not used in this time are lost: nobody gets more than the limit, at worst a little less. */
const LEASE_MS = 10_000;
/** A lease is this part of what a bucket holds, so a small limit is exact to the token. */
const LEASES_PER_BUCKET = 1_000;

interface Lease {
  tokens: number;
  readonly untilMs: number;
}

/**
 * Takes tokens of large buckets in bulk, so that a busy address does not cost a question to the shared store with each
 * request.
 *
 * @param prefix stands before every partition in the store: letter and colon
 * @param policy of every bucket here; each partition has one, and is charged one token at a time
 */
export function createLeases(store: BucketStore, prefix: string, policy: TokenBucketPolicy, now: () => number) {
  const leaseTokens = Math.max(1, Math.floor(policy.capacity / LEASES_PER_BUCKET));
  const buckets = [policy];
  const leases = new BoundedMap<string, Lease>(MAX_LEASES);

  const charge = (partition: string, cost: number): Charge => ({
    partition: prefix + partition,
    buckets,
    windows: [],
    cost,
  });

  async function renew(partition: string): Promise<TakeResult> {
    const grant = await store.take(charge(partition, leaseTokens));
    // Towards its end a bucket still gives out what it has.
    if (!grant.allowed) return store.take(charge(partition, 1));
    // Requests that came meanwhile have taken leases of their own: what is left of those is not thrown away.
    const tokens = leaseTokens - 1 + heldTokens(partition);
    leases.set(partition, { tokens, untilMs: now() + LEASE_MS });
    return grant;
  }

  function heldTokens(partition: string): number {
    const lease = leases.get(partition);
    return lease === undefined || now() >= lease.untilMs ? 0 : lease.tokens;
  }

  return {
    /** Takes a token of the lease that is held, if one is left in it. */
    takeHeld(partition: string): boolean {
      const lease = leases.get(partition);
      if (lease === undefined || lease.tokens === 0 || now() >= lease.untilMs) return false;
      lease.tokens--;
      return true;
    },
    /** Takes a token from the store, and with it a new lease where the bucket is large. */
    take: (partition: string): Promise<TakeResult> =>
      leaseTokens === 1 ? store.take(charge(partition, 1)) : renew(partition),
  };
}
