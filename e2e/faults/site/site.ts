import { randomBytes } from "node:crypto";
import {
  createDatabase,
  type FaultProxy,
  type HurtableService,
  type Services,
  startFaultProxy,
  startServices,
} from "@org/services";
import { Redis } from "ioredis";
import postgres, { type Sql } from "postgres";
import { type AttackKey, KeyMaker, type KeyOptions } from "../../attack/stack/attack-keys.ts";
import { statusOf } from "../wire/send.ts";
import { until } from "../wire/until.ts";
import { Replica } from "./replica.ts";

const ORDER = { postgres: true, redis: true, fresh: true } as const;
/** Limits of one address are for strangers; here one machine is everybody. */
const EVERYBODY = { IP_LIMIT_REQUESTS: "1000000000" };
const READY_MS = 60_000;

/** Servers of this run alone, which sites may share as long as none of their cases hurts the server itself. */
export type Servers = Services<typeof ORDER>;

export function startServers(postgresSettings: Readonly<Record<string, string>> = {}): Promise<Servers> {
  return startServices({ ...ORDER, postgresSettings });
}

export interface ReplicaOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Through which proxy it reaches its database; defaults to that of the site. */
  readonly databaseUrl?: string;
  readonly under?: readonly string[];
}

/** Collectors on one database and one Redis, each behind a proxy that can play the faults of a network. */
export class Site {
  readonly servers: Servers;
  readonly databaseProxy: FaultProxy;
  readonly redisProxy: FaultProxy;
  /** Past the proxy. */
  readonly databaseUrl: string;
  readonly sql: Sql;
  readonly redis: Redis;
  readonly #masterSecret: Buffer;
  readonly #keys: KeyMaker;
  readonly #undo: (() => unknown)[];

  private constructor(
    servers: Servers,
    databaseUrl: string,
    proxies: readonly [FaultProxy, FaultProxy],
    undo: (() => unknown)[],
  ) {
    this.servers = servers;
    this.databaseUrl = databaseUrl;
    [this.databaseProxy, this.redisProxy] = proxies;
    this.sql = postgres(databaseUrl, {
      max: 3,
      backoff: () => 0.1,
      connect_timeout: 5,
      onnotice: () => {},
      // Whatever the server is set to, we may undo it.
      connection: { application_name: "faults", default_transaction_read_only: false },
    });
    this.redis = new Redis(servers.redisUrl, { maxRetriesPerRequest: null, retryStrategy: () => 50 });
    this.redis.on("error", () => {});
    this.#masterSecret = randomBytes(32);
    this.#keys = new KeyMaker(this.sql, this.#masterSecret);
    this.#undo = undo;
    undo.push(
      () => this.sql.end({ timeout: 1 }),
      () => this.redis.disconnect(),
    );
  }

  /** A site without collectors, on a database of its own. */
  static async open(servers: Servers): Promise<Site> {
    const database = await createDatabase(servers.databaseUrl);
    const proxies = [await startFaultProxy(database.url), await startFaultProxy(servers.redisUrl)] as const;
    return new Site(servers, database.url, proxies, [() => proxies[0].close(), () => proxies[1].close()]);
  }

  get postgres(): HurtableService {
    return this.servers.postgres;
  }

  /** A collector that does not run yet. It reaches Redis only when `env` says so. */
  async prepare({ env = {}, databaseUrl = this.databaseProxy.url, under }: ReplicaOptions = {}): Promise<Replica> {
    const own = { DATABASE_URL: databaseUrl, MASTER_SECRET: this.#masterSecret.toString("hex") };
    const replica = await Replica.prepare({ ...EVERYBODY, ...own, ...env }, under);
    this.#undo.push(() => replica.close());
    return replica;
  }

  async start(options: ReplicaOptions = {}): Promise<Replica> {
    const replica = await this.prepare(options);
    await replica.process.start();
    return replica;
  }

  /** Settings that share limits through Redis, behind the proxy. */
  get sharedInRedis(): { env: Readonly<Record<string, string>> } {
    return { env: { REDIS_URL: this.redisProxy.url } };
  }

  /** A key in a project of its own. */
  async key(options: KeyOptions = {}): Promise<AttackKey> {
    return this.#keys.key(await this.#keys.project(), options);
  }

  keys(count: number, options: KeyOptions = {}): Promise<AttackKey[]> {
    return Promise.all(Array.from({ length: count }, () => this.key(options)));
  }

  async untilReady(...replicas: readonly Replica[]): Promise<void> {
    for (const { url } of replicas)
      await until(async () => (await statusOf(`${url}/readyz`)) === 200, "a collector does not get ready", READY_MS);
  }

  async close(): Promise<void> {
    for (const step of this.#undo.splice(0).reverse()) await Promise.resolve(step()).catch(() => {});
  }
}
