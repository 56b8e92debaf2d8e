import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

export interface ServiceOrder {
  readonly postgres?: true;
  readonly redis?: true;
  /** Servers of this run alone, whatever the environment names: their data may be hurt, flushed and searched. */
  readonly fresh?: true;
  /** File that gets everything the started PostgreSQL logs; not written where it runs in a container. */
  readonly postgresLogFile?: string;
}

export interface Services<Order extends ServiceOrder = Required<ServiceOrder>> {
  /** `postgres://...` of a superuser; undefined when PostgreSQL was not asked for */
  readonly databaseUrl: Order extends { postgres: true } ? string : undefined;
  /** `redis://...`; undefined when Redis was not asked for */
  readonly redisUrl: Order extends { redis: true } ? string : undefined;
  /** Ends what was started here and deletes its data. Servers given by the environment stay as they are. */
  stop(): Promise<void>;
}

/**
 * Brings PostgreSQL and Redis: those of DATABASE_URL and REDIS_URL when set, else servers found on the machine (or
 * installed with apt or Homebrew, or run in containers), started on private loopback ports with throw-away data. They
 * end with `stop()`, and also when this process dies. Rejects with what to install when there is no way to have one.
 */
export async function startServices<const Order extends ServiceOrder>(order: Order): Promise<Services<Order>> {
  const given = order.fresh === true ? {} : { databaseUrl: setting("DATABASE_URL"), redisUrl: setting("REDIS_URL") };
  const postgres = order.postgres === true && given.databaseUrl === undefined;
  const redis = order.redis === true && given.redisUrl === undefined;
  const { postgresLogFile } = order;
  const started = postgres || redis ? await supervise({ postgres, redis, postgresLogFile }) : undefined;
  return {
    databaseUrl: order.postgres === true ? (given.databaseUrl ?? started?.databaseUrl) : undefined,
    redisUrl: order.redis === true ? (given.redisUrl ?? started?.redisUrl) : undefined,
    stop: async () => started?.stop(),
  } as Services<Order>;
}

function setting(name: "DATABASE_URL" | "REDIS_URL"): string | undefined {
  const value = process.env[name];
  return value === "" ? undefined : value;
}

interface Supervised {
  readonly databaseUrl?: string;
  readonly redisUrl?: string;
  stop(): Promise<void>;
}

interface SupervisorOrder {
  readonly postgres: boolean;
  readonly redis: boolean;
  readonly postgresLogFile: string | undefined;
}

async function supervise(order: SupervisorOrder): Promise<Supervised> {
  const script = fileURLToPath(new URL("./supervisor.ts", import.meta.url));
  // Before Node 22.18 type stripping is behind this flag; later versions accept it as well.
  const child = spawn(process.execPath, ["--experimental-strip-types", "--no-warnings", script], {
    stdio: ["pipe", "pipe", "inherit"],
    detached: true,
  });
  child.stdin.on("error", () => {});
  const failed = new Promise<never>((_, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`The process that starts the services ended with code ${code}.`)));
  });
  failed.catch(() => {});
  child.stdin.write(`${JSON.stringify(order)}\n`);
  const lines = createInterface({ input: child.stdout });
  const [line] = (await Promise.race([once(lines, "line"), failed])) as [string];
  const answer = JSON.parse(line) as { error?: string; databaseUrl?: string; redisUrl?: string };
  const stop = async () => {
    child.ref();
    const exited = child.exitCode === null ? once(child, "exit") : undefined;
    child.stdin.end();
    await exited;
  };
  if (answer.error !== undefined) {
    await stop();
    throw new Error(answer.error);
  }
  // A caller that forgets to stop must still be able to exit; its exit closes the pipe, and that stops the servers.
  child.unref();
  (child.stdin as unknown as { unref(): void }).unref();
  (child.stdout as unknown as { unref(): void }).unref();
  const { error: _, ...urls } = answer;
  return { ...urls, stop };
}
