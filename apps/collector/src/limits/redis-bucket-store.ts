import { Cluster, type Redis } from "ioredis";
import { type Operation, refundText, settleOperations, takeText } from "./bucket-operations.ts";
import type { BucketStore, Charge, Grant, TakeResult } from "./bucket-store.ts";
import { withTimeout } from "./call-timeout.ts";
import type { CircuitBreaker } from "./circuit-breaker.ts";
import { TAKE_SCRIPT, TAKE_SCRIPT_SHA1 } from "./take-script.ts";

/** Operations in one call at most: Redis runs nothing else during a script. */
const MAX_OPERATIONS_PER_CALL = 200;
/** A call fails after this. A request waits at most this long plus `MAX_HOLD_MS`. */
const CALL_TIMEOUT_MS = 50;
/** After this the next call no longer waits for the one in flight. */
const MAX_HOLD_MS = 5;

export interface RedisBucketStoreOptions {
  /** Fails fast: no offline queue, a timeout on commands. Ended by `close()`. */
  readonly client: Redis | Cluster;
  /** Guards every call. */
  readonly breaker: CircuitBreaker;
  /** Unix ms; stands for the clock of Redis where time is simulated. */
  readonly now?: () => number;
  /** After this a call counts as failed. */
  readonly timeoutMs?: number;
}

/**
 * Buckets in Redis, shared by all replicas. Operations of one turn of the event loop share a call. Operations that arrive
 * while a call is in flight wait for it and share the next: calls become fewer and larger as the load grows, without a timer.
 */
export function createRedisBucketStore({
  client,
  breaker,
  now,
  timeoutMs = CALL_TIMEOUT_MS,
}: RedisBucketStoreOptions): BucketStore {
  let waiting: Operation[] = [];
  let inFlight = false;

  async function runScript(operations: readonly Operation[]): Promise<Buffer> {
    const keys = operations.map(keyOf);
    const argumentsOf = [keys.length, ...keys, now?.() ?? "", ...numbered(operations)] as const;
    try {
      return (await client.callBuffer("evalsha", TAKE_SCRIPT_SHA1, ...argumentsOf)) as Buffer;
    } catch (error) {
      // Redis forgets its scripts when it restarts or is told to.
      if (!(error instanceof Error) || !error.message.startsWith("NOSCRIPT")) throw error;
      return (await client.callBuffer("eval", TAKE_SCRIPT, ...argumentsOf)) as Buffer;
    }
  }

  async function call(operations: readonly Operation[]): Promise<void> {
    try {
      const reply = await breaker.run(() => withTimeout(runScript(operations), timeoutMs));
      settleOperations(operations, doublesOf(reply));
    } catch (error) {
      for (const operation of operations) operation.reject(error);
    }
  }

  function flush(): void {
    const operations = waiting;
    waiting = [];
    inFlight = true;
    let held = true;
    const goOn = () => {
      if (!held) return;
      held = false;
      clearTimeout(timer);
      if (waiting.length > 0) setImmediate(flush);
      else inFlight = false;
    };
    const timer = setTimeout(goOn, MAX_HOLD_MS);
    const groups = client instanceof Cluster ? [...byKey(operations)] : inSlices(operations);
    void Promise.all(groups.map(call)).then(goOn);
  }

  function enqueue(charge: Charge, text: string, isTake: boolean): Promise<TakeResult | undefined> {
    return new Promise((resolve, reject) => {
      if (waiting.length === 0 && !inFlight) setImmediate(flush);
      waiting.push({ charge, text, isTake, resolve, reject });
    });
  }

  return {
    take: (charge: Charge) => enqueue(charge, takeText(charge.terms), true) as Promise<TakeResult>,
    refund: async (charge: Charge, grant: Grant) => {
      await enqueue(charge, refundText(charge.terms, grant), false);
    },
    close: async () => client.disconnect(),
  };
}

function doublesOf(bytes: Buffer): number[] {
  const numbers: number[] = [];
  for (let at = 0; at < bytes.length; at += 8) numbers.push(bytes.readDoubleLE(at));
  return numbers;
}

/** Redis Cluster keeps what is between braces on one node. The name changed with the form of the value. */
const keyOf = ({ charge }: Operation) => `collector:tokens:{${charge.partition}}`;

/** For each operation the number of its text, then the texts: most operations of a call do the same. */
function numbered(operations: readonly Operation[]): string[] {
  const numbers = new Map<string, number>();
  const which = operations.map(({ text }) => {
    let number = numbers.get(text);
    if (number === undefined) {
      number = numbers.size + 1;
      numbers.set(text, number);
    }
    return number;
  });
  return [which.join(" "), ...numbers.keys()];
}

function inSlices(operations: readonly Operation[]): Operation[][] {
  const slices: Operation[][] = [];
  for (let from = 0; from < operations.length; from += MAX_OPERATIONS_PER_CALL) {
    slices.push(operations.slice(from, from + MAX_OPERATIONS_PER_CALL));
  }
  return slices;
}

/** A call in a cluster may touch the keys of one slot only, and each partition has its own. */
function byKey(operations: readonly Operation[]): Iterable<Operation[]> {
  const groups = new Map<string, Operation[]>();
  for (const operation of operations) {
    const key = keyOf(operation);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [operation]);
    else group.push(operation);
  }
  return groups.values();
}
