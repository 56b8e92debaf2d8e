import { LRUCache } from "lru-cache";
import type { BucketStore, Charge, Grant, TakeResult } from "./bucket-store.ts";
import { type BucketState, freshState, giveBackTo, takeFrom } from "./token-bucket.ts";

/** Partitions kept at once, about 250 bytes each; beyond it the one that was used longest ago is forgotten. */
const MAX_PARTITIONS = 100_000;

export interface InProcessBucketStoreOptions {
  /** Unix ms */
  readonly now: () => number;
  readonly maxPartitions?: number;
}

/** Buckets in the memory of this process: for the embedded mode, and while Redis is out. */
export function createInProcessBucketStore({
  now,
  maxPartitions = MAX_PARTITIONS,
}: InProcessBucketStoreOptions): BucketStore {
  const states = new LRUCache<string, BucketState>({ max: maxPartitions });
  return {
    async take(charge: Charge): Promise<TakeResult> {
      let state = states.get(charge.partition);
      if (state === undefined) {
        state = freshState();
        states.set(charge.partition, state);
      }
      return takeFrom(state, charge, now());
    },
    async giveBack(charge: Charge, grant: Grant): Promise<void> {
      const state = states.get(charge.partition);
      if (state !== undefined) giveBackTo(state, charge, grant.takenAtMs);
    },
    async close(): Promise<void> {
      states.clear();
    },
  };
}
