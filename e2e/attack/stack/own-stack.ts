import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort, startServices } from "@org/services";
import { Redis } from "ioredis";
import postgres, { type Sql } from "postgres";
import { CollectorProcess } from "../../src/collector-process.ts";
import { KeyMaker } from "./attack-keys.ts";
import { DatabaseTap } from "./database-tap.ts";
import { RedisWatch } from "./redis-watch.ts";

/** Names of the collectors of a stack. */
export type CollectorName = "direct" | "proxied" | "spare";

/**
 * Collectors on a PostgreSQL and a Redis of their own, all on the same data:
 * `direct` is reached without a proxy and lets one address ask without end, `proxied` believes its proxy and has the limits
 * of the contract for each address, `spare` believes its proxy, takes few connections and shows its metrics.
 */
export interface OwnStack {
  readonly collectors: Readonly<Record<CollectorName, CollectorProcess>>;
  readonly metricsUrl: string;
  readonly databaseUrl: string;
  readonly redisUrl: string;
  readonly masterSecret: Buffer;
  readonly sql: Sql;
  readonly redis: Redis;
  readonly redisWatch: RedisWatch;
  readonly tap: DatabaseTap;
  readonly keys: KeyMaker;
  /** Everything PostgreSQL has logged; empty where it runs in a container. */
  postgresLog(): string;
  close(): Promise<void>;
}

/** Connections that `spare` takes at once. */
export const SPARE_CONNECTIONS = 40;

export async function startOwnStack(): Promise<OwnStack> {
  const undo: (() => unknown)[] = [];
  const close = async () => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  try {
    return await start(undo, close);
  } catch (error) {
    await close();
    throw error;
  }
}

async function start(undo: (() => unknown)[], close: () => Promise<void>): Promise<OwnStack> {
  const folder = mkdtempSync(join(tmpdir(), "mcp-analytics-attack-"));
  undo.push(() => rmSync(folder, { recursive: true, force: true }));
  const postgresLogFile = join(folder, "postgresql-messages");
  const services = await startServices({ postgres: true, redis: true, fresh: true, postgresLogFile });
  undo.push(() => services.stop());
  const { databaseUrl, redisUrl } = services;
  const tap = await DatabaseTap.start(databaseUrl);
  undo.push(() => tap.close());

  const masterSecret = randomBytes(32);
  const env = {
    DATABASE_URL: tap.url,
    REDIS_URL: redisUrl,
    MASTER_SECRET: masterSecret.toString("hex"),
    LOG_LEVEL: "debug",
    IP_LIMIT_REQUESTS: "1000000000",
  };
  const startOne = async (own: Record<string, string>) => {
    const collector = await CollectorProcess.start({ ...env, ...own });
    undo.push(() => collector.stop());
    return collector;
  };
  // The first one makes the tables.
  const direct = await startOne({});
  const behindProxy = { TRUST_PROXY: "127.0.0.1/32" };
  const metricsPort = await freePort();
  const [proxied, spare] = await Promise.all([
    startOne({ ...behindProxy, IP_LIMIT_REQUESTS: "100", IP_LIMIT_WINDOW_SECONDS: "900" }),
    startOne({ ...behindProxy, MAX_CONNECTIONS: String(SPARE_CONNECTIONS), METRICS_PORT: String(metricsPort) }),
  ]);

  const sql = postgres(databaseUrl, { max: 3, onnotice: () => {}, connection: { application_name: "attack" } });
  undo.push(() => sql.end({ timeout: 1 }));
  const redis = new Redis(redisUrl);
  undo.push(() => redis.disconnect());
  const redisWatch = new RedisWatch(redisUrl);
  undo.push(() => redisWatch.close());
  return {
    collectors: { direct, proxied, spare },
    metricsUrl: `http://127.0.0.1:${metricsPort}/metrics`,
    databaseUrl,
    redisUrl,
    masterSecret,
    sql,
    redis,
    redisWatch,
    tap,
    keys: new KeyMaker(sql, masterSecret),
    postgresLog: () => readFileSync(postgresLogFile, { encoding: "utf8", flag: "a+" }),
    close,
  };
}
