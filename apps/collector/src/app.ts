import { type Batch, EVENTS_PATH } from "@org/mcp-analytics-schema";
import { type FastifyBaseLogger, type FastifyInstance, fastify } from "fastify";
import type { Config } from "./config.ts";
import { healthRoutes } from "./health/health-routes.ts";
import { createMetrics, type Metrics } from "./health/metrics.ts";
import { createReadiness } from "./health/readiness.ts";
import { checkConnection } from "./http/check-connection.ts";
import { warnOfUntrustedProxy } from "./http/client-address.ts";
import { trackConnections } from "./http/close-connections.ts";
import { answerError } from "./http/error-handler.ts";
import { useStrictJson } from "./http/json-parser.ts";
import { watchRoutes } from "./http/known-routes.ts";
import { createLifecycle } from "./http/lifecycle.ts";
import { logSerializers } from "./http/log-serializers.ts";
import { answerUnknownRoutes } from "./http/not-found.ts";
import { problemPages } from "./http/problem-pages.ts";
import { serverOptions } from "./http/server-options.ts";
import { ingest } from "./ingest/plugin.ts";
import { type AddressLimits, createAddressLimits } from "./limits/address-limits.ts";
import { createAddressPartitions } from "./limits/address-partition.ts";
import type { BucketStore } from "./limits/bucket-store.ts";
import type { EventWriter } from "./storage/event-writer.ts";
import type { KeyRecord, KeyStore } from "./storage/key-store.ts";
import type { StorageHealth } from "./storage/storage-health.ts";

/** The part of the configuration that the app itself reads. */
export type AppConfig = Pick<
  Config,
  "trustProxy" | "maxConnections" | "corsOrigins" | "masterSecrets" | "ipLimitRequests" | "ipLimitWindowSeconds"
>;

/** Everything that the app works with. It opens and closes none of it. */
export interface AppDeps {
  readonly keyStore: KeyStore;
  readonly writer: EventWriter;
  readonly storageHealth: StorageHealth;
  readonly buckets: BucketStore;
  /** Unix ms */
  readonly now: () => number;
  /** Signing secrets of a key, current first. */
  signingSecretsFor(key: KeyRecord): readonly string[];
  /** Notes that a key was used; written later and in bulk. */
  touchKey(key: KeyRecord, atMs: number): void;
  /** Notes events that a client has given up; written later and in bulk. */
  noteDropped?(key: KeyRecord, dropped: NonNullable<Batch["dropped"]>, atMs: number): void;
  /** Dashboard and read API, in a scope beside ingest. */
  registerPages?(app: FastifyInstance, limits: AddressLimits): Promise<void>;
  /** Shared with the metrics server; none: the app counts for itself. */
  readonly metrics?: Metrics;
  /** None: silent. */
  readonly logger?: FastifyBaseLogger;
}

declare module "fastify" {
  interface FastifyInstance {
    /** Announces a shutdown: `/readyz` says no from now on, while requests are still served until `close()`. */
    drain(): void;
  }
}

/** Builds the HTTP side of the collector. It does not listen, and knows nothing of the process. */
export async function buildApp(config: AppConfig, deps: AppDeps): Promise<FastifyInstance> {
  const { now, buckets, metrics = createMetrics() } = deps;
  const lifecycle = createLifecycle();
  const app = fastify(serverOptions(config)) as unknown as FastifyInstance;
  // Not as an option of Fastify: there it costs each request a fifth of its time for lines that are never written.
  if (deps.logger !== undefined) app.log = deps.logger.child({}, { serializers: logSerializers });
  app.server.maxConnections = config.maxConnections;
  // `connectionTimeout` also ends idle connections; this one would cost two timers a request. Fastify's option takes no 0.
  app.server.keepAliveTimeout = 0;
  // Node would respond to an unknown `Expect` with a bare 417; it is ignored instead.
  app.server.on("checkExpectation", (request, response) => app.server.emit("request", request, response));

  const closeUnusedConnections = trackConnections(app.server);
  app.decorate("drain", () => {
    lifecycle.draining = true;
  });
  app.addHook("preClose", async () => {
    lifecycle.closing = true;
    if (app.server.listening) closeUnusedConnections();
  });

  checkConnection(app, lifecycle);
  warnOfUntrustedProxy(app, config.trustProxy);
  const allowedMethods = watchRoutes(app);
  useStrictJson(app);
  app.setErrorHandler(answerError);
  const [addressSecret] = config.masterSecrets;
  if (addressSecret === undefined) throw new Error("buildApp needs a master secret");
  const addressLimits = await createAddressLimits(app, buckets, createAddressPartitions(addressSecret, now), {
    requests: config.ipLimitRequests,
    windowMs: config.ipLimitWindowSeconds * 1000,
    now,
  });
  answerUnknownRoutes(app, addressLimits.requests, allowedMethods);

  metrics.watchQueue(() => deps.writer.depth);
  await app.register(ingest, {
    prefix: EVENTS_PATH,
    corsOrigins: config.corsOrigins,
    deps: {
      keyStore: deps.keyStore,
      writer: deps.writer,
      buckets,
      addressLimits,
      outcomes: metrics.outcomes,
      now,
      signingSecretsFor: (key) => deps.signingSecretsFor(key),
      touchKey: (key, atMs) => deps.touchKey(key, atMs),
      noteDropped: (key, dropped, atMs) => deps.noteDropped?.(key, dropped, atMs),
      observeSeconds: metrics.observeSeconds,
    },
  });
  await app.register(healthRoutes, { readiness: createReadiness(deps.storageHealth, lifecycle, now) });
  await app.register(problemPages);
  const { registerPages } = deps;
  if (registerPages !== undefined) await app.register(async (pages) => registerPages(pages, addressLimits));
  return app;
}
