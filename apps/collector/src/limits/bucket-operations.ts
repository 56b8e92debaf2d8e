import type { Charge, Grant, TakeResult } from "./bucket-store.ts";
import { DAY_MS } from "./token-bucket.ts";

const TAKE = -1;
/** Integers in the reply for one take. */
const INTEGERS_PER_TAKE = 4;

/** One operation that waits for the next call to a shared store. */
export interface Operation {
  readonly partition: string;
  /** Name of the partition in Redis. */
  readonly key: string;
  /** `<day of the take to undo, or -1 to take> <buckets> <windows> <cost> {<capacity> <refill per ms>} {<limit> <cost>}` */
  readonly text: string;
  /** undefined: it gives back, and has no result */
  readonly charge: Charge | undefined;
  resolve(result: TakeResult | undefined): void;
  reject(error: unknown): void;
}

/** Redis Cluster keeps what is between braces on one node. */
function keyOf({ partition }: Charge): string {
  return `collector:bucket:{${partition}}`;
}

/** What the store is told. */
export type OperationText = Pick<Operation, "partition" | "key" | "text">;

const takeTexts = new WeakMap<Charge, OperationText>();

/** The charge of a key is the same object for many requests, so its texts are made once. */
export function takeText(charge: Charge): OperationText {
  let texts = takeTexts.get(charge);
  if (texts === undefined) {
    texts = { partition: charge.partition, key: keyOf(charge), text: operationText(charge, TAKE) };
    takeTexts.set(charge, texts);
  }
  return texts;
}

export function giveBackText(charge: Charge, grant: Grant): OperationText {
  const text = operationText(charge, Math.floor(grant.takenAtMs / DAY_MS));
  return { partition: charge.partition, key: keyOf(charge), text };
}

function operationText({ buckets, windows, cost }: Charge, day: number): string {
  let text = `${day} ${buckets.length} ${windows.length} ${cost}`;
  for (const { capacity, refillPerMs } of buckets) text += ` ${capacity} ${refillPerMs}`;
  for (const window of windows) text += ` ${window.limit} ${window.cost}`;
  return text;
}

/**
 * Hands a reply to the operations that it was for.
 *
 * @param reply the clock of the store, then four numbers for each take: allowed, place of the policy, remaining, wait in ms
 */
export function settleOperations(operations: readonly Operation[], reply: readonly number[]): void {
  const [atMs = 0] = reply;
  let next = 1;
  for (const operation of operations) {
    const { charge } = operation;
    if (charge === undefined) {
      operation.resolve(undefined);
      continue;
    }
    const allowed = reply[next];
    const place = reply[next + 1] as number;
    const remaining = reply[next + 2] as number;
    const waitMs = reply[next + 3] as number;
    next += INTEGERS_PER_TAKE;
    const { buckets, windows } = charge;
    const policy = place <= buckets.length ? buckets[place - 1] : windows[place - 1 - buckets.length];
    const limitedBy = policy?.name ?? "";
    const limit = policy === undefined ? 0 : "limit" in policy ? policy.limit : policy.capacity;
    const resetAtMs = atMs + waitMs;
    if (allowed === 1) operation.resolve({ allowed: true, limitedBy, limit, remaining, resetAtMs, takenAtMs: atMs });
    else operation.resolve({ allowed: false, limitedBy, limit, retryAfterMs: waitMs, resetAtMs });
  }
}
