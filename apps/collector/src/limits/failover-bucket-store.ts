import type { BucketStore, Charge, Grant, TakeResult } from "./bucket-store.ts";

/**
 * Asks the shared store and, where that fails, the local one: an outage of the limiter must lose no event, and each replica
 * still holds the limits for itself. Never rejects.
 */
export function createFailoverBucketStore(shared: BucketStore, local: BucketStore): BucketStore {
  const localGrants = new WeakSet<Grant>();

  async function takeLocally(charge: Charge): Promise<TakeResult> {
    const taken = await local.take(charge);
    if (taken.allowed) localGrants.add(taken);
    return taken;
  }

  return {
    take: (charge) => shared.take(charge).catch(() => takeLocally(charge)),
    async refund(charge, grant) {
      if (localGrants.has(grant)) return local.refund(charge, grant);
      // A command that timed out may still be carried out, so nothing is tried twice.
      return shared.refund(charge, grant).catch(() => {});
    },
    async close() {
      await Promise.all([shared.close(), local.close()]);
    },
  };
}
