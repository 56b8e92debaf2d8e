import { type Batch, EVENTS_PATH } from "@org/mcp-analytics-schema";
import { type FastifyBaseLogger, type FastifyInstance, fastify } from "fastify";
import type { Config } from "./config.ts";
import { healthRoutes } from "./health/health-routes.ts";
import { createMetrics, type Metrics } from "./health/metrics.ts";
import { createReadiness } from "./health/readiness.ts";
import { createAddressOf } from "./http/client-address.ts";
import { answerError } from "./http/error-handler.ts";
import { useStrictJson } from "./http/json-parser.ts";
import { watchRoutes } from "./http/known-routes.ts";
import { createLifecycle } from "./http/lifecycle.ts";
import { logSerializers } from "./http/log-serializers.ts";
import { answerUnknownRoutes } from "./http/not-found.ts";
import { problemPages } from "./http/problem-pages.ts";
import { setSecurityHeaders } from "./http/security-headers.ts";
import { type DirectRoutes, endIdleConnections, openServer } from "./http/server.ts";
import { serverOptions } from "./http/server-options.ts";
import { ingestRoutes } from "./ingest/ingest-routes.ts";
import { createAddressLimiter } from "./limits/address-limiter.ts";
import { createAddressPartitions } from "./limits/address-partition.ts";
import type { BucketStore } from "./limits/bucket-store.ts";
import { createKeyLimiter } from "./limits/key-limiter.ts";
import { createPageLimiter, type PageLimiter } from "./limits/page-limiter.ts";
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
  registerPages?(app: FastifyInstance, limiter: PageLimiter): Promise<void>;
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
  const direct: DirectRoutes = new Map();
  const options = serverOptions(config);
  const app = fastify({
    ...options,
    serverFactory: (framework) => openServer(options.http, options, lifecycle, direct, framework),
  }) as unknown as FastifyInstance;
  // Not as an option of Fastify: there it costs each request a fifth of its time for lines that are never written.
  if (deps.logger !== undefined) app.log = deps.logger.child({}, { serializers: logSerializers });
  app.server.maxConnections = config.maxConnections;

  app.decorate("drain", () => {
    lifecycle.draining = true;
  });
  app.addHook("preClose", async () => {
    lifecycle.closing = true;
    endIdleConnections(app.server);
  });
  app.addHook("onRequest", (_request, reply, done) => {
    setSecurityHeaders(reply);
    done();
  });

  const allowedMethods = watchRoutes(app);
  useStrictJson(app);
  app.setErrorHandler(answerError);
  const [addressSecret] = config.masterSecrets;
  if (addressSecret === undefined) throw new Error("buildApp needs a master secret");
  const partitionOf = createAddressPartitions(addressSecret, now);
  const limits = { requests: config.ipLimitRequests, windowMs: config.ipLimitWindowSeconds * 1000, now };
  const addresses = await createAddressLimiter(app, buckets, partitionOf, limits);
  const addressOf = createAddressOf(config.trustProxy);
  answerUnknownRoutes(app, addresses, addressOf, allowedMethods);

  metrics.watchQueue(() => deps.writer.depth);
  const { keyStore, writer } = deps;
  await app.register(ingestRoutes, {
    prefix: EVENTS_PATH,
    direct,
    corsOrigins: config.corsOrigins,
    deps: {
      keyStore,
      writer,
      keyLimiter: createKeyLimiter(buckets, now),
      addresses,
      addressOf,
      outcomes: metrics.outcomes,
      now,
      signingSecretsFor: (key) => deps.signingSecretsFor(key),
      touchKey: (key, atMs) => deps.touchKey(key, atMs),
      noteDropped: (key, dropped, atMs) => deps.noteDropped?.(key, dropped, atMs),
      observeSeconds: metrics.observeSeconds,
      onError: (error, route) =>
        app.log.error({ err: error, req: { method: "POST", routeOptions: { url: route } } }, "request failed"),
    },
  });
  await app.register(healthRoutes, { readiness: createReadiness(deps.storageHealth, lifecycle, now) });
  await app.register(problemPages);
  const { registerPages } = deps;
  if (registerPages !== undefined) {
    const limiter = createPageLimiter(buckets, partitionOf, addressOf, limits);
    await app.register(async (pages) => registerPages(pages, limiter));
  }
  return app;
}
