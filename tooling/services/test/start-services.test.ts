import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import postgres from "postgres";
import { afterEach, expect, test, vi } from "vitest";
import { createDatabase } from "../src/create-database.ts";
import { startServices } from "../src/start-services.ts";

afterEach(() => vi.unstubAllEnvs());

function withoutGivenServers(): void {
  vi.stubEnv("DATABASE_URL", undefined);
  vi.stubEnv("REDIS_URL", undefined);
}

async function answers(databaseUrl: string): Promise<boolean> {
  // With `fetch_types` postgres.js sends a statement of its own, whose rejection nothing handles when the server ends then.
  const sql = postgres(databaseUrl, { max: 1, connect_timeout: 5, fetch_types: false });
  try {
    await sql`select 1`;
    return true;
  } catch {
    return false;
  } finally {
    await sql.end({ timeout: 1 });
  }
}

test("servers are real, durable, apart from each other's databases, and gone after stop", async () => {
  withoutGivenServers();
  const services = await startServices({ postgres: true, redis: true });
  try {
    const database = await createDatabase(services.databaseUrl);
    const sql = postgres(database.url, { max: 1, fetch_types: false });
    expect(await sql`show fsync`).toEqual([{ fsync: "on" }]);
    expect(await sql`select count(*)::int as tables from pg_tables where schemaname = 'public'`).toEqual([
      { tables: 0 },
    ]);
    await database.drop();
    await sql.end({ timeout: 1 }).catch(() => {});
    expect(await answers(database.url)).toBe(false);
    expect(await answers(services.databaseUrl)).toBe(true);
    expect(services.redisUrl).toMatch(/^redis:\/\/default:[0-9a-f]+@127\.0\.0\.1:\d+\/0$/);
  } finally {
    await services.stop();
  }
  expect(await answers(services.databaseUrl)).toBe(false);
});

test("servers end when the process that asked for them is killed", async () => {
  withoutGivenServers();
  const script = fileURLToPath(new URL("./ask-for-postgres.ts", import.meta.url));
  const asker = spawn(process.execPath, ["--experimental-strip-types", "--no-warnings", script]);
  const [databaseUrl] = (await once(createInterface({ input: asker.stdout }), "line")) as [string];
  expect(await answers(databaseUrl)).toBe(true);
  asker.kill("SIGKILL");
  await vi.waitUntil(async () => !(await answers(databaseUrl)), { timeout: 20_000 });
});

test("servers given by the environment are used as they are, and left alone", async () => {
  vi.stubEnv("DATABASE_URL", "postgres://somebody@db.example/analytics");
  vi.stubEnv("REDIS_URL", "redis://cache.example:6379");
  const services = await startServices({ postgres: true, redis: true });
  expect(services.databaseUrl).toBe("postgres://somebody@db.example/analytics");
  expect(services.redisUrl).toBe("redis://cache.example:6379");
  await services.stop();
});

test("what was not asked for is not started", async () => {
  withoutGivenServers();
  const services = await startServices({});
  expect(services.databaseUrl).toBeUndefined();
  expect(services.redisUrl).toBeUndefined();
  await services.stop();
});
