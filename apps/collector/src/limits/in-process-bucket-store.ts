import { LRUCache } from "lru-cache";
import type { BucketStore, Charge, Grant, TakeResult } from "./bucket-store.ts";
import { type BucketState, freshState, refundTo, takeFrom } from "./token-bucket.ts";

/** Partitions kept at once, about 250 bytes each; beyond that the least recently used is evicted. */
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
    async take({ partition, terms }: Charge): Promise<TakeResult> {
      let state = states.get(partition);
      if (state === undefined) {
        state = freshState();
        states.set(partition, state);
      }
      return takeFrom(state, terms, now());
    },
    async refund({ partition, terms }: Charge, grant: Grant): Promise<void> {
      const state = states.get(partition);
      if (state !== undefined) refundTo(state, terms, grant.takenAtMs);
    },
    async close(): Promise<void> {
      states.clear();
    },
  };
}
