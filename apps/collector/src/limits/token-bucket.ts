import type { TakeResult, Terms } from "./bucket-store.ts";

export const DAY_MS = 86_400_000;
/** A clock that falls back further than this was wrong before: its time is given up instead of waited for. */
export const MAX_CLOCK_FALLBACK_MS = 3_600_000;
/** Rounding of tokens that have just become whole. */
export const EPSILON = 1e-9;

/** What is kept of one partition. `used` and `counts` go by the place of the bucket or window in the terms. */
export interface BucketState {
  /** Unix ms up to which refills are counted; never runs backwards with the clock, so a clock set back mints nothing. */
  atMs: number;
  /** days since 1970 that `counts` belong to */
  day: number;
  /** tokens missing from each bucket */
  used: readonly number[];
  counts: readonly number[];
}

export function freshState(): BucketState {
  return { atMs: 0, day: 0, used: [], counts: [] };
}

/** The policy that matters most right now: the one waited for longest, or the one with least left. */
interface Tightest {
  name: string;
  limit: number;
  remaining: number;
  waitMs: number;
}

/** Takes a charge from a state, or refuses it and changes nothing. The script of the Redis store does the same arithmetic. */
export function takeFrom(state: BucketState, terms: Terms, nowMs: number): TakeResult {
  const hasFallenBack = state.atMs - nowMs > MAX_CLOCK_FALLBACK_MS;
  const atMs = hasFallenBack ? nowMs : Math.max(nowMs, state.atMs);
  const day = Math.floor(atMs / DAY_MS);
  const used = usedAfter(state, terms, nowMs);
  const counts = terms.windows.map(({ cost }, i) => (day > state.day ? 0 : (state.counts[i] ?? 0)) + cost);
  const dayLeftMs = (day + 1) * DAY_MS - atMs;

  const refusing = findRefusing(terms, used, counts, dayLeftMs);
  if (refusing !== undefined) {
    if (hasFallenBack) Object.assign(state, { atMs, day });
    const { name, limit, waitMs } = refusing;
    const resetAtMs = atMs + waitMs;
    return { allowed: false, limitedBy: name, limit, retryAfterMs: resetAtMs - nowMs, resetAtMs };
  }
  state.atMs = atMs;
  state.day = day;
  state.used = used;
  state.counts = counts;
  const { name, limit, remaining, waitMs } = findTightest(terms, used, counts, dayLeftMs);
  return { allowed: true, limitedBy: name, limit, remaining, resetAtMs: atMs + waitMs, takenAtMs: nowMs };
}

/** Tokens missing from each bucket if the charge were taken. */
function usedAfter(state: BucketState, { buckets, cost }: Terms, nowMs: number): number[] {
  const elapsedMs = Math.max(0, nowMs - state.atMs);
  return buckets.map(({ refillPerMs }, i) => Math.max(0, (state.used[i] ?? 0) - elapsedMs * refillPerMs) + cost);
}

type After = readonly number[];

function findRefusing({ buckets, windows, cost }: Terms, used: After, counts: After, dayLeftMs: number) {
  let refusing: Tightest | undefined;
  buckets.forEach(({ name, capacity, refillPerMs }, i) => {
    const excess = (used[i] as number) - capacity;
    if (cost === 0 || excess <= EPSILON) return;
    const waitMs = Math.max(1, Math.ceil(excess / refillPerMs - EPSILON));
    if (waitMs > (refusing?.waitMs ?? 0)) refusing = { name, limit: capacity, remaining: 0, waitMs };
  });
  windows.forEach((window, i) => {
    if (window.cost === 0 || (counts[i] as number) <= window.limit) return;
    if (dayLeftMs > (refusing?.waitMs ?? 0)) {
      refusing = { name: window.name, limit: window.limit, remaining: 0, waitMs: dayLeftMs };
    }
  });
  return refusing as Tightest | undefined;
}

function findTightest({ buckets, windows }: Terms, used: After, counts: After, dayLeftMs: number): Tightest {
  let tightest: Tightest = { name: "", limit: 0, remaining: Number.POSITIVE_INFINITY, waitMs: 0 };
  buckets.forEach(({ name, capacity, refillPerMs }, i) => {
    const tokens = capacity - (used[i] as number);
    const remaining = Math.max(0, Math.floor(tokens + EPSILON));
    if (remaining >= tightest.remaining) return;
    const waitMs = Math.max(1, Math.ceil((remaining + 1 - tokens) / refillPerMs - EPSILON));
    tightest = { name, limit: capacity, remaining, waitMs };
  });
  windows.forEach(({ name, limit }, i) => {
    const remaining = Math.max(0, limit - (counts[i] as number));
    if (remaining < tightest.remaining) tightest = { name, limit, remaining, waitMs: dayLeftMs };
  });
  return tightest;
}

/** Undoes a take of `takenAtMs`: never above what a bucket holds, and a count only while its day lasts. */
export function refundTo(state: BucketState, terms: Terms, takenAtMs: number): void {
  state.used = terms.buckets.map((_bucket, i) => Math.max(0, (state.used[i] ?? 0) - terms.cost));
  const isSameDay = state.day === Math.floor(takenAtMs / DAY_MS);
  state.counts = terms.windows.map(({ cost }, i) => Math.max(0, (state.counts[i] ?? 0) - (isSameDay ? cost : 0)));
}
