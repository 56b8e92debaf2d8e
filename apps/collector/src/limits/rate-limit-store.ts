import type { FastifyRateLimitStore, FastifyRateLimitStoreCtor } from "@fastify/rate-limit";
import type { BucketStore, Terms } from "./bucket-store.ts";

/** What the plugin passes to a store: the options of one limit. */
interface LimitOptions {
  readonly max?: unknown;
  readonly timeWindow?: unknown;
}

/**
 * Keeps the counts of `@fastify/rate-limit` in our buckets, so that replicas share them. A window of the plugin is a token
 * bucket here: `max` at once, refilled over the window. Keys of the plugin are partitions: `^[a-z]:[0-9a-f]+$`.
 */
export function rateLimitStore(buckets: BucketStore): FastifyRateLimitStoreCtor {
  return class TokenBucketRateLimitStore implements FastifyRateLimitStore {
    readonly #max: number;
    readonly #terms: Terms;

    constructor(options: object) {
      const { max, timeWindow } = options as LimitOptions;
      this.#max = Number(max);
      const refillPerMs = this.#max / Number(timeWindow);
      this.#terms = { buckets: [{ name: "address", capacity: this.#max, refillPerMs }], windows: [], cost: 1 };
    }

    incr(partition: string, callback: Parameters<FastifyRateLimitStore["incr"]>[1]): void {
      const max = this.#max;
      buckets.take({ partition, terms: this.#terms }).then((taken) => {
        if (taken.allowed) callback(null, { current: max - taken.remaining, ttl: taken.resetAtMs - taken.takenAtMs });
        else callback(null, { current: max + 1, ttl: taken.retryAfterMs });
      }, callback);
    }

    /** The plugin asks for one store per limit, and passes the options of the limit, whatever its types say. */
    child(options: object): FastifyRateLimitStore {
      return new TokenBucketRateLimitStore(options);
    }
  };
}
