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
import { createLogger } from "./logger.ts";
import { StartError } from "./start-error.ts";

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
  const config = withMasterSecret(loadConfig({ logLevel: "warn", ...overrides }));
  const { collector, url, close } = await listen(config, createLogger(config, destination(2)));
  try {
    if (!collector.prepared) throw new StartError(databaseOut(config));
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
    await close();
    throw error;
  }
}

/**
 * Runs the collector as a process of its own until a signal ends it: SIGTERM or SIGINT closes it and exits 0, a second
 * one exits 1 at once.
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
  const listening = await listen(config, logger);
  const { url } = listening;
  close = listening.close;
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
  close(): Promise<void>;
}

async function listen(config: Config, logger: FastifyBaseLogger): Promise<Listening> {
  const collector = await createCollector(config, logger);
  try {
    const url = await listenHttp(collector.app, config);
    collector.embedded?.announceUrl(url);
    const metrics = await listenMetrics(collector, config);
    return {
      collector,
      url,
      async close() {
        await collector.close();
        await metrics?.close();
      },
    };
  } catch (error) {
    await collector.close(0);
    throw error;
  }
}

async function listenHttp(app: FastifyInstance, { host, port }: Config): Promise<string> {
  try {
    await app.listen({ host, port });
  } catch (error) {
    throw listenError(error, host, port, "--port or PORT");
  }
  const address = app.server.address() as AddressInfo;
  // Nobody can open 0.0.0.0; every machine can open itself.
  const name = host === "0.0.0.0" || host === "::" ? "127.0.0.1" : host.includes(":") ? `[${host}]` : host;
  return `http://${name}:${address.port}`;
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

function databaseOut(config: Config): string {
  return config.databaseUrl === undefined
    ? `The database in ${config.dataDir} does not answer: see the lines above`
    : "The database does not answer: check DATABASE_URL, and that it names a running PostgreSQL this user may use";
}
