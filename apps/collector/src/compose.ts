import type { FastifyBaseLogger, FastifyInstance } from "fastify";
import { createApiKey } from "./accounts/api-keys.ts";
import { secretFingerprint } from "./accounts/secret-fingerprint.ts";
import { signingSecret } from "./accounts/signing-secret.ts";
import { buildApp } from "./app.ts";
import type { Config } from "./config.ts";
import { type EmbeddedDatabase, startEmbeddedDatabase } from "./embedded/embedded-database.ts";
import { createMetrics, type Metrics } from "./health/metrics.ts";
import { createBucketStore } from "./limits/create-bucket-store.ts";
import { createPages } from "./query/pages.ts";
import { databaseProblem } from "./storage/database-problem.ts";
import { MigrationError } from "./storage/errors.ts";
import { logReports } from "./storage/log-reports.ts";
import { openStorage, type Storage } from "./storage/storage.ts";

/** A collector that is put together and running, apart from listening. */
export interface Collector {
  readonly app: FastifyInstance;
  readonly storage: Storage;
  readonly metrics: Metrics;
  /**
   * Resolves after the first try to bring tables and partitions up to date with whether it succeeded; further ones follow in
   * the background. Against a database that hangs it may never resolve.
   */
  readonly prepared: Promise<boolean>;
  /** Absent with `databaseUrl`. */
  readonly embedded: EmbeddedDatabase | undefined;
  /**
   * Answers what is open, writes what waits, closes every connection. Whatever holds on past the deadline is cut off.
   */
  close(deadlineMs?: number): Promise<void>;
}

/** What a close leaves for storage after open requests, at the least. */
const STORAGE_CLOSE_MS = 1_000;

/**
 * Puts the collector together. A database server that is out or hangs does not keep it from starting.
 *
 * @param config with a master secret (`withMasterSecret`)
 * @throws {DataFolderError} when the data folder of the embedded database cannot be used
 */
export async function createCollector(config: Config, logger: FastifyBaseLogger): Promise<Collector> {
  const embedded =
    config.databaseUrl === undefined
      ? await startEmbeddedDatabase(config.dataDir, {
          onBreakdown: (error) => logger.error({ err: error }, "the embedded database broke down and starts again"),
        })
      : undefined;
  const now = Date.now;
  const metrics = createMetrics();
  const storage = openStorage(embedded?.address ?? { url: config.databaseUrl as string }, {
    rawRetentionDays: config.rawRetentionDays,
    secretFingerprints: config.masterSecrets.map(secretFingerprint),
    now,
    onError: (error, activity) =>
      logger.warn({ err: error, activity, problem: storageProblem(config, error) }, "storage has a problem"),
    onQuarantined: (events) => logger.error({ events }, "the database refused events for what they hold"),
    reports: logReports(logger, () => metrics.outcomes.requests["storage-unavailable"]),
  });
  const [masterSecret] = config.masterSecrets;
  const buckets = createBucketStore({
    redisUrl: config.limitStore === "redis" ? config.redisUrl : undefined,
    databaseUrl: config.limitStore === "postgres" ? config.databaseUrl : undefined,
    now,
    onOutage(out) {
      metrics.limiterFellBack(out);
      const { limitStore } = config;
      if (out) logger.warn({ limitStore }, "the store of limits is out: limits are counted in this process");
      else logger.info({ limitStore }, "the store of limits is back: limits are shared again");
    },
  });
  const app = await buildApp(config, {
    keyStore: storage.keyStore,
    writer: storage.writer,
    storageHealth: storage.storageHealth,
    buckets,
    now,
    signingSecretsFor: ({ apiKeyId, secretVersion }) =>
      config.masterSecrets.map((secret) => signingSecret(secret, apiKeyId, secretVersion)),
    touchKey: (key, atMs) => storage.lastUsed.touch(key, atMs),
    noteDropped: ({ projectId }, dropped, atMs) => storage.droppedPerDay.add(projectId, dropped, atMs),
    registerPages: createPages({
      ...storage,
      rawRetentionDays: config.rawRetentionDays,
      now,
      makeKey: (projectId, name) =>
        createApiKey(
          { store: storage.apiKeyStore, masterSecret: masterSecret as Buffer, now },
          { projectId, ...(name && { name }) },
        ),
      publicUrl: config.publicUrl,
    }),
    metrics,
    logger,
  });
  const prepared = storage.start();

  return {
    app,
    storage,
    metrics,
    prepared,
    embedded,
    async close(deadlineMs = config.shutdownDeadlineMs) {
      const endMs = performance.now() + deadlineMs;
      app.drain();
      await closeApp(app, deadlineMs);
      await storage.close(Math.max(STORAGE_CLOSE_MS, endMs - performance.now()));
      await embedded?.close();
      await buckets.close();
    },
  };
}

/** Describes an error of the database in one line; undefined for an outage of the embedded database, which is logged apart. */
function storageProblem({ databaseUrl }: Config, error: unknown): string | undefined {
  return databaseUrl !== undefined || error instanceof MigrationError ? databaseProblem(error) : undefined;
}

/** Waits for open requests up to the deadline, then cuts their connections. */
async function closeApp(app: FastifyInstance, deadlineMs: number): Promise<void> {
  const timer = setTimeout(() => app.server.closeAllConnections(), deadlineMs);
  await app.close();
  clearTimeout(timer);
}
