import type { Charge, TakeResult } from "./bucket-store.ts";

export const DAY_MS = 86_400_000;
/** A clock that falls back further than this was wrong before: its time is given up instead of waited for. */
export const MAX_CLOCK_FALLBACK_MS = 3_600_000;
/** Rounding of tokens that have just become whole. */
export const EPSILON = 1e-9;

/** What is kept of one partition. `used` and `counts` go by the place of the bucket or window in the charge. */
export interface BucketState {
  /** Unix ms up to which refills are counted; never runs backwards with the clock, so a clock set back mints nothing. */
  atMs: number;
  /** days since 1970 that `counts` belong to */
  day: number;
  /** tokens missing from each bucket */
  readonly used: number[];
  readonly counts: number[];
}

export function freshState(): BucketState {
  return { atMs: 0, day: 0, used: [], counts: [] };
}

/** Brings a state up to `nowMs`: refills its buckets, begins a new day. */
function advance(state: BucketState, { buckets, windows }: Charge, nowMs: number): void {
  const elapsedMs = Math.max(0, nowMs - state.atMs);
  if (nowMs > state.atMs || state.atMs - nowMs > MAX_CLOCK_FALLBACK_MS) state.atMs = nowMs;
  for (let i = 0; i < buckets.length; i++) {
    const refilled = elapsedMs * (buckets[i] as { refillPerMs: number }).refillPerMs;
    state.used[i] = Math.max(0, (state.used[i] ?? 0) - refilled);
  }
  const day = Math.floor(state.atMs / DAY_MS);
  for (let i = 0; i < windows.length; i++) state.counts[i] = day > state.day ? 0 : (state.counts[i] ?? 0);
  state.day = day;
}

/** Takes a charge from a state, or refuses it and takes nothing. The script of the Redis store does the same arithmetic. */
export function takeFrom(state: BucketState, charge: Charge, nowMs: number): TakeResult {
  advance(state, charge, nowMs);
  const { buckets, windows, cost } = charge;
  const dayEndMs = (state.day + 1) * DAY_MS;
  let waitMs = 0;
  let limitedBy = "";
  let limit = 0;
  for (let i = 0; i < buckets.length; i++) {
    const bucket = buckets[i] as (typeof buckets)[number];
    const excess = (state.used[i] as number) + cost - bucket.capacity;
    if (cost === 0 || excess <= EPSILON) continue;
    const bucketWaitMs = Math.max(1, Math.ceil(excess / bucket.refillPerMs - EPSILON));
    if (bucketWaitMs > waitMs) [waitMs, limitedBy, limit] = [bucketWaitMs, bucket.name, bucket.capacity];
  }
  for (let i = 0; i < windows.length; i++) {
    const window = windows[i] as (typeof windows)[number];
    if (window.cost === 0 || (state.counts[i] as number) + window.cost <= window.limit) continue;
    if (dayEndMs - state.atMs > waitMs) [waitMs, limitedBy, limit] = [dayEndMs - state.atMs, window.name, window.limit];
  }
  if (waitMs > 0) return { allowed: false, limitedBy, limit, retryAfterMs: waitMs, resetAtMs: state.atMs + waitMs };

  let remaining = Number.POSITIVE_INFINITY;
  for (let i = 0; i < buckets.length; i++) {
    const bucket = buckets[i] as (typeof buckets)[number];
    state.used[i] = (state.used[i] as number) + cost;
    const tokens = bucket.capacity - (state.used[i] as number);
    const whole = Math.max(0, Math.floor(tokens + EPSILON));
    if (whole >= remaining) continue;
    const growsMs = Math.max(1, Math.ceil((whole + 1 - tokens) / bucket.refillPerMs - EPSILON));
    [remaining, limitedBy, limit, waitMs] = [whole, bucket.name, bucket.capacity, growsMs];
  }
  for (let i = 0; i < windows.length; i++) {
    const window = windows[i] as (typeof windows)[number];
    state.counts[i] = (state.counts[i] as number) + window.cost;
    const left = Math.max(0, window.limit - (state.counts[i] as number));
    if (left < remaining) {
      [remaining, limitedBy, limit, waitMs] = [left, window.name, window.limit, dayEndMs - state.atMs];
    }
  }
  return { allowed: true, limitedBy, limit, remaining, resetAtMs: state.atMs + waitMs, takenAtMs: state.atMs };
}

/** Undoes a take of `takenAtMs`: never above what a bucket holds, and a count only while its day lasts. */
export function giveBackTo(state: BucketState, charge: Charge, takenAtMs: number): void {
  for (let i = 0; i < charge.buckets.length; i++) state.used[i] = Math.max(0, (state.used[i] ?? 0) - charge.cost);
  if (state.day !== Math.floor(takenAtMs / DAY_MS)) return;
  charge.windows.forEach((window, i) => {
    state.counts[i] = Math.max(0, (state.counts[i] ?? 0) - window.cost);
  });
}
