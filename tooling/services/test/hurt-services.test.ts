import { connect } from "node:net";
import postgres, { type Sql } from "postgres";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Services, startServices } from "../src/start-services.ts";

const ORDER = { postgres: true, redis: true, fresh: true } as const;

describe("servers of one run alone", () => {
  let services: Services<typeof ORDER>;
  let sql: Sql;
  beforeAll(async () => {
    services = await startServices({
      ...ORDER,
      postgresSettings: { max_connections: "23" },
      redisSettings: ["maxmemory 7mb"],
    });
    sql = postgres(services.databaseUrl, { max: 1, backoff: () => 0.1, fetch_types: false, onnotice: () => {} });
  });
  afterAll(async () => {
    await sql.end({ timeout: 1 });
    await services.stop();
  });

  /** What Redis says to a line of its protocol; undefined when nothing comes in time. */
  function askRedis(line: string, waitMs = 2_000): Promise<string | undefined> {
    const { port, password } = new URL(services.redisUrl);
    return new Promise((resolve) => {
      const socket = connect(Number(port), "127.0.0.1", () => socket.write(`AUTH ${password}\r\n${line}\r\n`));
      let text = "";
      const end = (answer: string | undefined) => {
        clearTimeout(timer);
        socket.destroy();
        resolve(answer);
      };
      const timer = setTimeout(() => end(undefined), waitMs);
      socket.on("error", () => end(undefined));
      socket.on("data", (data) => {
        text += data;
        if (text.split("\r\n").length > 2) end(text.split("\r\n").slice(1).join(" ").trim());
      });
    });
  }

  test("have the settings they were asked for", async () => {
    expect(await sql`SHOW max_connections`).toEqual([{ max_connections: "23" }]);
    expect(await askRedis("CONFIG GET maxmemory")).toContain("7340032");
  });

  test("keep what is durable over a crash, at the same address", async () => {
    await sql`CREATE TABLE kept (n int)`;
    await sql`INSERT INTO kept VALUES (1)`;
    await services.postgres.crash();
    await expect(sql`SELECT 1`).rejects.toThrow();
    await services.postgres.start();
    expect(await sql`SELECT n FROM kept`).toEqual([{ n: 1 }]);
    await askRedis("SET a b");
    await services.redis.crash();
    expect(await askRedis("PING")).toBeUndefined();
    await services.redis.start();
    expect(await askRedis("GET a")).toBe("$-1");
  });

  test("stand still with every process they have, and go on", async () => {
    await sql`SELECT 1`;
    await services.postgres.pause();
    const held = sql`SELECT 2 AS n`.execute();
    const first = await Promise.race([held, new Promise((resolve) => setTimeout(resolve, 300, "nothing"))]);
    expect(first).toBe("nothing");
    await services.postgres.resume();
    expect(await held).toEqual([{ n: 2 }]);
    await services.redis.pause();
    expect(await askRedis("PING", 300)).toBeUndefined();
    await services.redis.resume();
    expect(await askRedis("PING")).toBe("+PONG");
  });

  test("a paused server can still be ended", async () => {
    await services.redis.pause();
    await services.postgres.pause();
    await Promise.all([services.postgres.crash(), services.redis.crash()]);
    await Promise.all([services.postgres.start(), services.redis.start()]);
    expect(await askRedis("PING")).toBe("+PONG");
  });
});
