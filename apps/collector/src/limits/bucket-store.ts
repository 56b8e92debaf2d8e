/** A bucket of `capacity` tokens that refills at a steady rate. Any span admits at most capacity + refill of that span. */
export interface TokenBucketPolicy {
  readonly name: string;
  readonly capacity: number;
  /** tokens per millisecond */
  readonly refillPerMs: number;
}

/** At most `limit` per day in UTC. */
export interface DayWindowPolicy {
  readonly name: string;
  readonly limit: number;
}

/** Tokens that a request takes. Partitions with the same limits share one object, so stores cache by its identity. */
export interface Terms {
  readonly buckets: readonly TokenBucketPolicy[];
  readonly windows: readonly (DayWindowPolicy & { readonly cost: number })[];
  /** tokens taken from each bucket */
  readonly cost: number;
}

/**
 * A partition and what is taken from it. All terms of one partition list the same buckets and windows in the same order:
 * their state is kept by position, so that a change of tier carries over what has been used. A cost of 0 leaves a bucket
 * or window alone.
 */
export interface Charge {
  /** opaque, without personal data in clear: `^[a-z]:[0-9a-f.]+$` */
  readonly partition: string;
  readonly terms: Terms;
}

/** Tokens were taken. The numbers are those of the tightest policy. */
export interface Grant {
  readonly allowed: true;
  readonly limitedBy: string;
  readonly limit: number;
  readonly remaining: number;
  /** Unix ms at which `remaining` next grows */
  readonly resetAtMs: number;
  /** Unix ms on the store's clock at which the tokens were taken */
  readonly takenAtMs: number;
}

/** Nothing was taken. The numbers are those of the policy with the longest wait. */
export interface Refusal {
  readonly allowed: false;
  readonly limitedBy: string;
  readonly limit: number;
  readonly retryAfterMs: number;
  /** Unix ms from which the same charge is allowed */
  readonly resetAtMs: number;
}

export type TakeResult = Grant | Refusal;

export interface BucketStore {
  /** All or nothing: a refusal consumes nothing. */
  take(charge: Charge): Promise<TakeResult>;
  /** Undoes a take whose request was not served, unless its bucket has refilled or its day has passed since. */
  refund(charge: Charge, grant: Grant): Promise<void>;
  close(): Promise<void>;
}
