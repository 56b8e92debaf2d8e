import type { AddressInfo } from "node:net";
import type { FastifyBaseLogger, FastifyInstance } from "fastify";
import { destination } from "pino";
import { createAdminLink } from "./accounts/admin-link.ts";
import { type CreatedApiKey, createApiKey, listApiKeys } from "./accounts/api-keys.ts";
import { FIRST_PROJECT_ID } from "./accounts/first-project.ts";
import { type Collector, createCollector } from "./compose.ts";
import { type Config, type ConfigOverrides, loadConfig } from "./config.ts";
import { withMasterSecret } from "./embedded/master-secret.ts";
import { startMetricsServer } from "./health/metrics-server.ts";
import { listeningUrl } from "./listening-url.ts";
import { createLogger } from "./logger.ts";
import { StartError } from "./start-error.ts";
import { databaseProblem } from "./storage/database-problem.ts";
import { MasterSecretError, MigrationError } from "./storage/errors.ts";

/**
 * How long a process of its own waits for the tables of a database server before it listens: most times it is ready at its
 * first answer then, and a server that hangs delays nobody who asks whether it is.
 */
const SERVER_WAIT_MS = 5_000;
/** How long they are waited for where nobody asks meanwhile, or where it is this process that makes them. */
const LONG_WAIT_MS = 30_000;

export interface RunningCollector {
  /** Where it listens, such as `http://127.0.0.1:3000`. */
  readonly url: string;
  /** Opens one session on the dashboard, once, within 24 hours. */
  readonly adminLink: string;
  /** Only when the collector had no key: made now, and shown nowhere else. */
  readonly firstKey?: CreatedApiKey;
  /** Answers what is open and writes what waits; afterwards nothing of it is left running. */
  close(): Promise<void>;
}

/**
 * Starts a collector inside this process and signs its owner in: for `start` and `demo`. Warnings go to stderr, unless
 * LOG_LEVEL or the overrides say otherwise. Installs no signal handlers.
 *
 * @param overrides win over the environment
 * @throws {ConfigError | DataFolderError | StartError} whose message is one line for people
 */
export async function startCollector(overrides: ConfigOverrides = {}): Promise<RunningCollector> {
  const config = withMasterSecret(loadConfig(overrides, undefined, { LOG_LEVEL: "warn" }));
  const { collector, url, prepared, close } = await listen(config, createLogger(config, destination(2)), {
    waitMs: LONG_WAIT_MS,
  });
  try {
    if (!prepared) throw new StartError(databaseOut(config, collector.storage.startError));
    const { sessionStore, apiKeyStore } = collector.storage;
    const [masterSecret] = config.masterSecrets;
    const deps = { store: apiKeyStore, masterSecret: masterSecret as Buffer, now: Date.now };
    const keys = await listApiKeys(deps, FIRST_PROJECT_ID);
    const firstKey = keys.length === 0 ? await createApiKey(deps, { projectId: FIRST_PROJECT_ID }) : undefined;
    const link = await createAdminLink(
      { sessionStore, now: Date.now },
      { projectId: FIRST_PROJECT_ID, baseUrl: config.publicUrl ?? url },
    );
    return { url, adminLink: link.url, ...(firstKey && { firstKey }), close };
  } catch (error) {
    await close(0);
    throw error;
  }
}

/**
 * Runs the collector as a process of its own until a signal ends it: SIGTERM or SIGINT closes it and exits 0, also while it
 * starts; a second one exits 1 at once.
 *
 * @throws {ConfigError | DataFolderError | StartError} whose message is one line for people
 */
export async function runCollector(overrides: ConfigOverrides = {}): Promise<void> {
  const config = withMasterSecret(loadConfig(overrides));
  const logger = createLogger(config);
  let stop: ((signal: NodeJS.Signals) => void) | undefined;
  const stopped = new Promise<NodeJS.Signals>((resolve) => {
    stop = resolve;
  });
  let signals = 0;
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.on(signal, () => {
      signals += 1;
      if (signals > 1) process.exit(1);
      stop?.(signal);
    });
  }
  let close = async () => {};
  // Whatever state the process is in now, what waits is still worth storing.
  process.once("uncaughtException", (error) => {
    logger.fatal({ err: error }, "unexpected error");
    close().finally(() => process.exit(1));
  });
  const listening = await listen(config, logger, {
    waitMs: config.databaseUrl === undefined ? LONG_WAIT_MS : SERVER_WAIT_MS,
    stopped,
  });
  const { url } = listening;
  close = listening.close;
  if (!listening.prepared) logger.warn("the tables are not ready yet: the database is waited for");
  logger.info({ url, storage: config.databaseUrl === undefined ? "embedded" : "postgresql" }, "listening");
  const signal = await stopped;
  logger.info({ signal }, "closing");
  await close();
  logger.info("closed");
  process.exit(0);
}

interface Listening {
  readonly collector: Collector;
  readonly url: string;
  /** Whether the tables were there when it began to listen. */
  readonly prepared: boolean;
  close(deadlineMs?: number): Promise<void>;
}

interface Wait {
  readonly waitMs: number;
  /** Ends the wait. */
  readonly stopped?: Promise<unknown>;
}

/** @param wait for the tables */
async function listen(config: Config, logger: FastifyBaseLogger, wait: Wait): Promise<Listening> {
  const collector = await createCollector(config, logger);
  try {
    const prepared = await firstOf(collector.prepared, wait);
    const { startError } = collector.storage;
    if (startError instanceof MasterSecretError) throw new StartError(startError.message);
    const url = await listenHttp(collector.app, config);
    collector.embedded?.announceUrl(url);
    const metrics = await listenMetrics(collector, config);
    return {
      collector,
      url,
      prepared,
      async close(deadlineMs) {
        await collector.close(deadlineMs);
        await metrics?.close();
      },
    };
  } catch (error) {
    await collector.close(0);
    throw error;
  }
}

/** What resolves before the stop or the time does; else false. */
async function firstOf(answer: Promise<boolean>, { waitMs, stopped }: Wait): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(resolve, waitMs, false);
    void stopped?.then(() => resolve(false));
  });
  const first = await Promise.race([answer, late]);
  clearTimeout(timer);
  return first;
}

async function listenHttp(app: FastifyInstance, { host, port }: Config): Promise<string> {
  try {
    // One server listens at one address, and `localhost` can be two.
    await app.listen({ host: host === "localhost" ? "127.0.0.1" : host, port });
  } catch (error) {
    throw listenError(error, host, port, "--port or PORT");
  }
  const address = app.server.address() as AddressInfo;
  return listeningUrl(host, address.port);
}

async function listenMetrics({ metrics }: Collector, { metricsHost, metricsPort }: Config) {
  if (metricsPort === undefined) return undefined;
  try {
    return await startMetricsServer(metrics.registry, metricsHost, metricsPort);
  } catch (error) {
    throw listenError(error, metricsHost, metricsPort, "METRICS_PORT");
  }
}

function listenError(error: unknown, host: string, port: number, setting: string): Error {
  const { code } = error as NodeJS.ErrnoException;
  const at = `port ${port} on ${host}`;
  if (code === "EADDRINUSE") {
    return new StartError(`Cannot listen on ${at}: it is taken. Stop what uses it, or choose another with ${setting}`);
  }
  if (code === "EACCES") {
    return new StartError(`Cannot listen on ${at}: this user may not. Choose one above 1023 with ${setting}`);
  }
  if (code === "EADDRNOTAVAIL" || code === "ENOTFOUND") {
    return new StartError(`Cannot listen on ${at}: this machine has no such address. Choose another with HOST`);
  }
  return error as Error;
}

function databaseOut(config: Config, error: unknown): string {
  return config.databaseUrl === undefined && !(error instanceof MigrationError)
    ? `The database in ${config.dataDir} does not answer: see the lines above`
    : databaseProblem(error);
}
