import type { AddressInfo } from "node:net";
import { BATCH_PATH, EVENTS_PATH, type Event } from "@org/mcp-analytics-schema";
import type { FastifyInstance } from "fastify";
import { signingSecret } from "../../src/accounts/signing-secret.ts";
import { type AppConfig, type AppDeps, buildApp } from "../../src/app.ts";
import { createMetrics, type Metrics } from "../../src/health/metrics.ts";
import { createInProcessBucketStore } from "../../src/limits/in-process-bucket-store.ts";
import type { KeyRecord } from "../../src/storage/key-store.ts";
import { SimulatedClock } from "../limits/simulated-clock.ts";
import { MemoryKeyStore, MemoryWriter, type TestKey } from "./memory-storage.ts";

export const MASTER_SECRET = Buffer.alloc(32, 7);

export type Headers = Record<string, string>;

/** A whole HTTP collector on a loopback port, with storage in memory and a clock of its own. */
export interface TestCollector {
  readonly app: FastifyInstance;
  readonly url: string;
  readonly port: number;
  readonly clock: SimulatedClock;
  readonly keyStore: MemoryKeyStore;
  readonly writer: MemoryWriter;
  readonly metrics: Metrics;
  /** A key of tier `enterprise`, so that limits are not in the way. */
  readonly key: TestKey;
  readonly touched: KeyRecord[];
  /** Arguments of each report of events given up. */
  readonly dropped: unknown[][];
  event(changes?: Record<string, unknown>): Event;
  send(path: string, body: unknown, headers?: Headers): Promise<Response>;
  sendEvent(body: unknown, headers?: Headers): Promise<Response>;
  sendBatch(body: unknown, headers?: Headers): Promise<Response>;
  close(): Promise<void>;
}

export interface TestCollectorOptions {
  readonly config?: Partial<AppConfig>;
  readonly deps?: Partial<AppDeps>;
}

export async function startTestCollector({ config, deps }: TestCollectorOptions = {}): Promise<TestCollector> {
  const clock = new SimulatedClock();
  const keyStore = new MemoryKeyStore();
  const writer = new MemoryWriter();
  const metrics = createMetrics();
  const touched: KeyRecord[] = [];
  const dropped: unknown[][] = [];
  const masterSecrets = config?.masterSecrets ?? [MASTER_SECRET];
  const app = await buildApp(
    {
      trustProxy: [],
      maxConnections: 1_000,
      corsOrigins: [],
      masterSecrets,
      ipLimitRequests: 100_000,
      ipLimitWindowSeconds: 900,
      ...config,
    },
    {
      keyStore,
      writer,
      storageHealth: { probe: async () => {} },
      buckets: createInProcessBucketStore({ now: clock.now }),
      now: clock.now,
      signingSecretsFor: ({ apiKeyId, secretVersion }) =>
        masterSecrets.map((secret) => signingSecret(secret, apiKeyId, secretVersion)),
      touchKey: (key) => touched.push(key),
      noteDropped: (...report) => dropped.push(report),
      metrics,
      ...deps,
    },
  );
  const url = await app.listen({ host: "127.0.0.1", port: 0 });
  const key = keyStore.add();

  const send = (path: string, body: unknown, headers: Headers = {}) =>
    fetch(url + path, {
      method: "POST",
      headers: { "content-type": "application/json", "x-api-key": key.apiKey, ...headers },
      body: typeof body === "string" || body instanceof Uint8Array ? (body as string) : JSON.stringify(body),
    });

  return {
    app,
    url,
    port: (app.server.address() as AddressInfo).port,
    clock,
    keyStore,
    writer,
    metrics,
    key,
    touched,
    dropped,
    event: (changes = {}) => ({ tool: "get_forecast", success: true, timestamp: clock.now(), ...changes }) as Event,
    send,
    sendEvent: (body, headers) => send(EVENTS_PATH, body, headers),
    sendBatch: (body, headers) => send(BATCH_PATH, body, headers),
    close: () => app.close(),
  };
}
