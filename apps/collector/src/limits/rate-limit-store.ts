import type { FastifyRateLimitStore, FastifyRateLimitStoreCtor } from "@fastify/rate-limit";
import type { BucketStore, Terms } from "./bucket-store.ts";

/** Terms of `max` requests in `windowMs`, one object for each pair. The pairs come from this process's configuration only. */
function createTermsOf(): (max: number, windowMs: number) => Terms {
  const known = new Map<string, Terms>();
  return (max, windowMs) => {
    const id = `${max} ${windowMs}`;
    let terms = known.get(id);
    if (terms === undefined) {
      terms = { buckets: [{ name: "address", capacity: max, refillPerMs: max / windowMs }], windows: [], cost: 1 };
      known.set(id, terms);
    }
    return terms;
  };
}

/**
 * Keeps the counts of `@fastify/rate-limit` in our buckets, so that replicas share them. A window of the plugin is a token
 * bucket here: `max` at once, refilled over the window. Keys of the plugin are partitions: `^[a-z]:[0-9a-f]+$`.
 */
export function rateLimitStore(buckets: BucketStore): FastifyRateLimitStoreCtor {
  const termsOf = createTermsOf();
  return class TokenBucketRateLimitStore implements FastifyRateLimitStore {
    incr(
      partition: string,
      callback: Parameters<FastifyRateLimitStore["incr"]>[1],
      windowMs: number,
      max: number,
    ): void {
      buckets.take({ partition, terms: termsOf(max, windowMs) }).then((taken) => {
        if (taken.allowed) callback(null, { current: max - taken.remaining, ttl: taken.resetAtMs - taken.takenAtMs });
        else callback(null, { current: max + 1, ttl: taken.retryAfterMs });
      }, callback);
    }

    child(): FastifyRateLimitStore {
      return this;
    }
  };
}
