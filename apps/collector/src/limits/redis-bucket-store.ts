import { Cluster, type Redis } from "ioredis";
import { giveBackText, type Operation, type OperationText, settleOperations, takeText } from "./bucket-operations.ts";
import type { BucketStore, Charge, Grant, TakeResult } from "./bucket-store.ts";
import { withTimeout } from "./call-timeout.ts";
import type { CircuitBreaker } from "./circuit-breaker.ts";
import { TAKE_SCRIPT, TAKE_SCRIPT_SHA1 } from "./take-script.ts";

/** Operations in one call at most: Redis does nothing else meanwhile. */
const MAX_OPERATIONS_PER_CALL = 200;
/** A call is given up after this. A request waits as long, and `MAX_HOLD_MS` before it, at most. */
const CALL_TIMEOUT_MS = 50;
/** A call that takes longer than this keeps the next one waiting no more. */
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
 * Buckets in Redis, shared by all replicas. What is asked for in one turn of the event loop goes out in one call, and what
 * comes while a call is under way waits for its answer: calls become fewer and larger as the load grows, and none waits for
 * a timer at rest.
 */
export function createRedisBucketStore({
  client,
  breaker,
  now,
  timeoutMs = CALL_TIMEOUT_MS,
}: RedisBucketStoreOptions): BucketStore {
  let waiting: Operation[] = [];
  let underWay = false;

  async function runScript(operations: readonly Operation[]): Promise<string> {
    const keys = operations.map(({ key }) => key);
    const argumentsOf = [keys.length, ...keys, now?.() ?? "", ...numbered(operations)] as const;
    try {
      return (await client.evalsha(TAKE_SCRIPT_SHA1, ...argumentsOf)) as string;
    } catch (error) {
      // Redis forgets its scripts when it restarts or is told to.
      if (!(error instanceof Error) || !error.message.startsWith("NOSCRIPT")) throw error;
      return (await client.eval(TAKE_SCRIPT, ...argumentsOf)) as string;
    }
  }

  async function call(operations: readonly Operation[]): Promise<void> {
    try {
      const reply = await breaker.run(() => withTimeout(runScript(operations), timeoutMs));
      settleOperations(operations, reply.split(" ").map(Number));
    } catch (error) {
      for (const operation of operations) operation.reject(error);
    }
  }

  function flush(): void {
    const operations = waiting;
    waiting = [];
    underWay = true;
    let held = true;
    const goOn = () => {
      if (!held) return;
      held = false;
      clearTimeout(timer);
      if (waiting.length > 0) setImmediate(flush);
      else underWay = false;
    };
    const timer = setTimeout(goOn, MAX_HOLD_MS);
    const groups = client instanceof Cluster ? [...byKey(operations)] : inSlices(operations);
    void Promise.all(groups.map(call)).then(goOn);
  }

  function enqueue(texts: OperationText, charge: Charge | undefined): Promise<TakeResult | undefined> {
    return new Promise((resolve, reject) => {
      if (waiting.length === 0 && !underWay) setImmediate(flush);
      waiting.push({ ...texts, charge, resolve, reject });
    });
  }

  return {
    take: (charge: Charge) => enqueue(takeText(charge), charge) as Promise<TakeResult>,
    giveBack: async (charge: Charge, grant: Grant) => {
      await enqueue(giveBackText(charge, grant), undefined);
    },
    close: async () => client.disconnect(),
  };
}

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
    const group = groups.get(operation.key);
    if (group === undefined) groups.set(operation.key, [operation]);
    else group.push(operation);
  }
  return groups.values();
}
