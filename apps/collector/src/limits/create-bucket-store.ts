import { Cluster, Redis, type RedisOptions } from "ioredis";
import type { BucketStore } from "./bucket-store.ts";
import { createCircuitBreaker } from "./circuit-breaker.ts";
import { createFailoverBucketStore } from "./failover-bucket-store.ts";
import { createInProcessBucketStore } from "./in-process-bucket-store.ts";
import { createPostgresBucketStore } from "./postgres-bucket-store.ts";
import { createRedisBucketStore } from "./redis-bucket-store.ts";

/** The store gives a call up much sooner; this only clears away what a hanging connection still holds. */
const COMMAND_TIMEOUT_MS = 1_000;
const CONNECT_TIMEOUT_MS = 2_000;
const MAX_RECONNECT_DELAY_MS = 1_000;

/** With the defaults of ioredis a request would wait for a Redis that is out for as long as it is out. */
const FAIL_FAST = {
  enableOfflineQueue: false,
  commandTimeout: COMMAND_TIMEOUT_MS,
  connectTimeout: CONNECT_TIMEOUT_MS,
  maxRetriesPerRequest: 1,
  autoResendUnfulfilledCommands: false,
  autoResubscribe: false,
  retryStrategy: (attempts: number) => Math.min(attempts * 50, MAX_RECONNECT_DELAY_MS),
} as const satisfies RedisOptions;

export interface BucketStoreOptions {
  /** `redis://` or `rediss://`; with `?cluster=true` a node of a Redis Cluster. Limits are shared there. */
  readonly redisUrl?: string | undefined;
  /** `postgres://`. Limits are shared there. With neither of the two they live in this process. */
  readonly databaseUrl?: string | undefined;
  /** Unix ms */
  readonly now: () => number;
  /** The shared store is out (true) or back (false): for the log and the metrics. */
  readonly onOutage: (out: boolean) => void;
}

/** The store of limits that a configuration asks for. Starts whether Redis or PostgreSQL is there or not. */
export function createBucketStore({ redisUrl, databaseUrl, now, onOutage }: BucketStoreOptions): BucketStore {
  const local = createInProcessBucketStore({ now });
  const breaker = createCircuitBreaker({ now: () => performance.now(), onChange: onOutage });
  if (databaseUrl !== undefined) {
    return createFailoverBucketStore(createPostgresBucketStore({ databaseUrl, breaker }), local);
  }
  if (redisUrl === undefined) return local;
  const client = connect(redisUrl);
  // Once it was reachable the breaker sees each failed call. A listener must stay, or an error would end the process.
  let wasReady = false;
  client.once("ready", () => {
    wasReady = true;
  });
  client.on("error", () => {
    if (!wasReady) breaker.trip();
  });
  return createFailoverBucketStore(createRedisBucketStore({ client, breaker }), local);
}

function connect(redisUrl: string): Redis | Cluster {
  const url = new URL(redisUrl);
  if (url.searchParams.get("cluster") !== "true") return new Redis(redisUrl, FAIL_FAST);
  const { retryStrategy, autoResendUnfulfilledCommands: _, ...redisOptions } = FAIL_FAST;
  return new Cluster([{ host: url.hostname, port: Number(url.port || 6379) }], {
    enableOfflineQueue: false,
    clusterRetryStrategy: retryStrategy,
    redisOptions: {
      ...redisOptions,
      ...(url.username === "" ? {} : { username: decodeURIComponent(url.username) }),
      ...(url.password === "" ? {} : { password: decodeURIComponent(url.password) }),
      ...(url.protocol === "rediss:" ? { tls: {} } : {}),
    },
  });
}
