import type { HurtableService } from "./running-service.ts";
import { SupervisorClient } from "./supervisor-client.ts";

export interface ServiceOrder {
  readonly postgres?: true;
  readonly redis?: true;
  /** Servers of this run alone, whatever the environment names: their data may be hurt, flushed and searched. */
  readonly fresh?: true;
  /** File that gets everything the started PostgreSQL logs; not written where it runs in a container. */
  readonly postgresLogFile?: string;
  /** Folder to keep the started PostgreSQL in, such as a small disk; not used where it runs in a container. */
  readonly postgresFolder?: string;
  /** Settings of the started PostgreSQL, which win over ours. */
  readonly postgresSettings?: Readonly<Record<string, string>>;
  /** Lines of the started Redis's configuration, which win over ours. */
  readonly redisSettings?: readonly string[];
}

export interface Services<Order extends ServiceOrder = Required<ServiceOrder>> {
  /** `postgres://...` of a superuser; undefined when PostgreSQL was not asked for */
  readonly databaseUrl: Order extends { postgres: true } ? string : undefined;
  /** `redis://...`; undefined when Redis was not asked for */
  readonly redisUrl: Order extends { redis: true } ? string : undefined;
  /** What can be done to a server of this run alone; undefined for one that the environment may have given. */
  readonly postgres: Order extends { postgres: true; fresh: true } ? HurtableService : undefined;
  readonly redis: Order extends { redis: true; fresh: true } ? HurtableService : undefined;
  /** Ends what was started here and deletes its data. Servers given by the environment stay as they are. */
  stop(): Promise<void>;
}

/**
 * Brings PostgreSQL and Redis: those of DATABASE_URL and REDIS_URL when set, else servers found on the machine (or
 * installed with apt or Homebrew, or run in containers), started on private loopback ports with throw-away data. They
 * end with `stop()`, and also when this process dies. Rejects with what to install when there is no way to have one.
 */
export async function startServices<const Order extends ServiceOrder>(order: Order): Promise<Services<Order>> {
  const { postgres: asksPostgres = false, redis: asksRedis = false, fresh = false } = order;
  const given = fresh ? {} : { databaseUrl: setting("DATABASE_URL"), redisUrl: setting("REDIS_URL") };
  const postgres = asksPostgres && given.databaseUrl === undefined ? postgresOptions(order) : undefined;
  const redis = asksRedis && given.redisUrl === undefined ? { settings: order.redisSettings ?? [] } : undefined;
  const supervisor = postgres !== undefined || redis !== undefined ? new SupervisorClient() : undefined;
  const started = await supervisor?.bring({ postgres, redis });
  return {
    databaseUrl: asksPostgres ? (given.databaseUrl ?? started?.databaseUrl) : undefined,
    redisUrl: asksRedis ? (given.redisUrl ?? started?.redisUrl) : undefined,
    postgres: fresh && asksPostgres ? supervisor?.service("postgres") : undefined,
    redis: fresh && asksRedis ? supervisor?.service("redis") : undefined,
    stop: async () => supervisor?.stop(),
  } as Services<Order>;
}

function postgresOptions({ postgresLogFile, postgresFolder, postgresSettings }: ServiceOrder) {
  return { logFile: postgresLogFile, parentFolder: postgresFolder, settings: postgresSettings };
}

function setting(name: "DATABASE_URL" | "REDIS_URL"): string | undefined {
  const value = process.env[name];
  return value === "" ? undefined : value;
}
