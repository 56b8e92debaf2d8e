import { PeriodicTask } from "../storage/periodic-task.ts";
import { Pool } from "../storage/pool.ts";
import { type Operation, refundText, settleOperations, takeText } from "./bucket-operations.ts";
import type { BucketStore, Charge, Grant, TakeResult } from "./bucket-store.ts";
import { withTimeout } from "./call-timeout.ts";
import type { CircuitBreaker } from "./circuit-breaker.ts";

/** Operations in one statement at most: the next one waits for it. */
const MAX_OPERATIONS_PER_CALL = 500;
/** A request waits no longer than this for its limits. */
const CALL_TIMEOUT_MS = 250;
/** A connection on which nothing is answered for so long is given up. */
const CONNECTION_DEADLINE_MS = 2_000;
const PRUNE_INTERVAL_MS = 10 * 60_000;
const PRUNE_TIMEOUT_MS = 60_000;

/**
 * Every statement locks its rows in the order of their key, one after the other, so no two wait for each other. A row that
 * is there is replaced by what the function makes of it; that it was made for nothing of an empty row costs little.
 */
const TAKE_STATEMENT = `
  INSERT INTO limit_buckets AS b (project_id, partition, asked_at, asked, outcome)
  SELECT a.project_id, a.partition, a.at, a.asked, take_tokens(NULL, a.asked, a.at)
  FROM (
    SELECT u.project_id, u.partition, u.asked::float8[] AS asked,
      coalesce($4::float8, floor(extract(epoch FROM statement_timestamp()) * 1000)::float8) AS at
    FROM unnest($1::text::int[], $2::text::text[], $3::text::text[]) AS u(project_id, partition, asked)
  ) a
  ORDER BY a.project_id, a.partition
  ON CONFLICT (project_id, partition) DO UPDATE
    SET asked_at = excluded.asked_at, outcome = take_tokens(b.outcome, excluded.asked, excluded.asked_at)
  RETURNING partition, asked_at, array_to_string(outcome, ' ') AS outcome`;

/** A row in use is left for the next time: it is not worth waiting for, least of all by who is being waited for. */
const PRUNE_STATEMENT = `
  DELETE FROM limit_buckets b USING (
    SELECT project_id, partition FROM limit_buckets WHERE outcome[1] < $1::float8 FOR UPDATE SKIP LOCKED
  ) expired
  WHERE b.project_id = expired.project_id AND b.partition = expired.partition`;

interface Row {
  readonly partition: string;
  readonly asked_at: number;
  readonly outcome: string;
}

export interface PostgresBucketStoreOptions {
  readonly databaseUrl: string;
  /** Guards every call. */
  readonly breaker: CircuitBreaker;
  /** Unix ms; stands for the clock of PostgreSQL where time is simulated. */
  readonly now?: () => number;
  /** After this a call counts as failed. */
  readonly timeoutMs?: number;
}

export interface PostgresBucketStore extends BucketStore {
  /** Deletes what is full again and forgotten; also done now and then without being asked. */
  prune(): Promise<void>;
}

/**
 * Buckets in PostgreSQL, shared by replicas that have no Redis. What is asked for in one turn of the event loop, or while
 * a statement runs, goes out in one statement.
 */
export function createPostgresBucketStore(options: PostgresBucketStoreOptions): PostgresBucketStore {
  const { databaseUrl, breaker, now, timeoutMs = CALL_TIMEOUT_MS } = options;
  const address = { url: databaseUrl };
  const pool = new Pool(address, {
    name: "collector limits",
    maxConnections: 1,
    statementTimeoutMs: timeoutMs,
    lockTimeoutMs: timeoutMs,
    deadlineMs: Math.max(CONNECTION_DEADLINE_MS, 2 * timeoutMs),
  });
  const upkeep = new Pool(address, {
    name: "collector limits upkeep",
    maxConnections: 1,
    statementTimeoutMs: PRUNE_TIMEOUT_MS,
    lockTimeoutMs: 1_000,
    deadlineMs: PRUNE_TIMEOUT_MS + 5_000,
  });
  const waiting: Operation[] = [];
  let running = false;

  const prune = async () => {
    await upkeep.run(({ sql }) => sql.unsafe(PRUNE_STATEMENT, [now?.() ?? Date.now()]));
  };
  const pruning = new PeriodicTask(prune, {
    intervalMs: PRUNE_INTERVAL_MS,
    onError: () => {
      // Old rows do no harm; the next run comes all the same.
    },
  });
  pruning.start();

  async function call(operations: readonly Operation[]): Promise<void> {
    const groups = byPartition(operations);
    const parameters = [...parametersOf(groups), now?.() ?? null];
    const rows = await breaker.run(() =>
      withTimeout(
        pool.run(({ sql }) => sql.unsafe<Row[]>(TAKE_STATEMENT, parameters, { prepare: true })),
        timeoutMs,
      ),
    );
    for (const { partition, asked_at, outcome } of rows) {
      const group = groups.get(partition) as readonly Operation[];
      settleOperations(group, [asked_at, ...takesOf(group, outcome)]);
    }
  }

  async function run(): Promise<void> {
    while (waiting.length > 0) {
      const operations = waiting.splice(0, MAX_OPERATIONS_PER_CALL);
      try {
        await call(operations);
      } catch (error) {
        // Whoever waits behind a call that has failed has waited as long as they may.
        for (const operation of [...operations, ...waiting.splice(0)]) operation.reject(error);
      }
    }
    running = false;
  }

  function enqueue(charge: Charge, text: string, isTake: boolean): Promise<TakeResult | undefined> {
    return new Promise((resolve, reject) => {
      waiting.push({ charge, text, isTake, resolve, reject });
      if (running) return;
      running = true;
      setImmediate(() => void run());
    });
  }

  return {
    take: (charge: Charge) => enqueue(charge, takeText(charge.terms), true) as Promise<TakeResult>,
    refund: async (charge: Charge, grant: Grant) => {
      await enqueue(charge, refundText(charge.terms, grant), false);
    },
    prune,
    async close() {
      await Promise.all([pruning.stop(1_000), pool.close(), upkeep.close()]);
    },
  };
}

type Groups = ReadonlyMap<string, readonly Operation[]>;

/** A statement cannot replace one row twice, so it names each partition once. */
function byPartition(operations: readonly Operation[]): Groups {
  const groups = new Map<string, Operation[]>();
  for (const operation of operations) {
    const { partition } = operation.charge;
    const group = groups.get(partition);
    if (group === undefined) groups.set(partition, [operation]);
    else group.push(operation);
  }
  return groups;
}

/** Array literals. Partitions and numbers hold nothing that would have to be escaped. */
function parametersOf(groups: Groups): [string, string, string] {
  let projects = "";
  let partitions = "";
  let asked = "";
  for (const [partition, group] of groups) {
    projects += `,${projectOf(partition)}`;
    partitions += `,"${partition}"`;
    asked += `,"{${group.map(({ text }) => text.replaceAll(" ", ",")).join(",")}}"`;
  }
  return [`{${projects.slice(1)}}`, `{${partitions.slice(1)}}`, `{${asked.slice(1)}}`];
}

/** 0 for what is of no project. */
const projectOf = (partition: string): string => /^k:(\d+)\./.exec(partition)?.[1] ?? "0";

/** The numbers for the takes of a partition; what stands before them is its state. */
function takesOf([first]: readonly Operation[], outcome: string): number[] {
  const [, buckets = 0, windows = 0] = (first as Operation).text.split(" ", 3).map(Number);
  return outcome
    .split(" ")
    .slice(3 + buckets + windows)
    .map(Number);
}
