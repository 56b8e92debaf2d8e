/** A bucket of `capacity` tokens that fills at a steady rate. Over any span it lets through at most capacity + refill of that span. */
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

/**
 * What one request takes. Every charge of one partition lists the same buckets and windows in the same order: their state
 * is kept by place, so that a change of tier carries over what has been used. A cost of 0 leaves a bucket or window alone.
 */
export interface Charge {
  /** opaque, without personal data in clear: `^[a-z]:[0-9a-f.]+$` */
  readonly partition: string;
  readonly buckets: readonly TokenBucketPolicy[];
  readonly windows: readonly (DayWindowPolicy & { readonly cost: number })[];
  /** tokens taken from each bucket */
  readonly cost: number;
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

/** Nothing was taken. The numbers are those of the policy that must be waited for longest. */
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
  /** Undoes a take whose request was not served, as far as its bucket has not filled and its day has not passed since. */
  giveBack(charge: Charge, grant: Grant): Promise<void>;
  close(): Promise<void>;
}
