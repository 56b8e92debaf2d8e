import type { Charge, Grant, TakeResult, Terms } from "./bucket-store.ts";
import { DAY_MS } from "./token-bucket.ts";

const TAKE = -1;
/** Integers in the reply for one take. */
const INTEGERS_PER_TAKE = 4;

/** One operation that waits for the next call to a shared store. */
export interface Operation {
  readonly charge: Charge;
  /** `<day of the take to undo, or -1 to take> <buckets> <windows> <cost> {<capacity> <refill per ms>} {<limit> <cost>}` */
  readonly text: string;
  /** A take has a result, a refund has none. */
  readonly isTake: boolean;
  resolve(result: TakeResult | undefined): void;
  reject(error: unknown): void;
}

const takeTexts = new WeakMap<Terms, string>();

/** Terms are shared by many keys, so their text is made once. */
export function takeText(terms: Terms): string {
  let text = takeTexts.get(terms);
  if (text === undefined) {
    text = operationText(terms, TAKE);
    takeTexts.set(terms, text);
  }
  return text;
}

export function refundText(terms: Terms, grant: Grant): string {
  return operationText(terms, Math.floor(grant.takenAtMs / DAY_MS));
}

function operationText({ buckets, windows, cost }: Terms, day: number): string {
  let text = `${day} ${buckets.length} ${windows.length} ${cost}`;
  for (const { capacity, refillPerMs } of buckets) text += ` ${capacity} ${refillPerMs}`;
  for (const window of windows) text += ` ${window.limit} ${window.cost}`;
  return text;
}

/**
 * Settles the operations of one call.
 *
 * @param reply the clock of the store, then four numbers for each take: allowed, position of the policy, remaining, wait in ms
 */
export function settleOperations(operations: readonly Operation[], reply: readonly number[]): void {
  const [atMs = 0] = reply;
  let next = 1;
  for (const operation of operations) {
    if (!operation.isTake) {
      operation.resolve(undefined);
      continue;
    }
    const allowed = reply[next];
    const position = reply[next + 1] as number;
    const remaining = reply[next + 2] as number;
    const waitMs = reply[next + 3] as number;
    next += INTEGERS_PER_TAKE;
    const { buckets, windows } = operation.charge.terms;
    const policy = position <= buckets.length ? buckets[position - 1] : windows[position - 1 - buckets.length];
    const limitedBy = policy?.name ?? "";
    const limit = policy === undefined ? 0 : "limit" in policy ? policy.limit : policy.capacity;
    const resetAtMs = atMs + waitMs;
    if (allowed === 1) operation.resolve({ allowed: true, limitedBy, limit, remaining, resetAtMs, takenAtMs: atMs });
    else operation.resolve({ allowed: false, limitedBy, limit, retryAfterMs: waitMs, resetAtMs });
  }
}
