import { randomBytes } from "node:crypto";
import { createDatabase, type FaultProxy, startFaultProxy } from "@org/services";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { openPools } from "../src/storage/pools.ts";
import {
  type CollectorProcess,
  postEvent,
  runCollectorCommand,
  startCollectorProcess,
  untilStatus,
} from "./collector-process.ts";
import { countEvents } from "./storage/deliveries.ts";

describe("the collector as a process, on PostgreSQL and Redis", () => {
  let database: Awaited<ReturnType<typeof createDatabase>>;
  let proxy: FaultProxy;
  let environment: Record<string, string>;
  let collector: CollectorProcess;
  let key: string;

  beforeAll(async () => {
    database = await createDatabase(inject("databaseUrl"));
    proxy = await startFaultProxy(database.url);
    environment = {
      DATABASE_URL: proxy.url,
      REDIS_URL: inject("redisUrl"),
      MASTER_SECRET: randomBytes(32).toString("hex"),
    };
    await proxy.cut();
    collector = await startCollectorProcess(environment);
  });
  afterAll(async () => {
    collector?.kill("SIGKILL");
    await collector?.exited;
    await proxy?.close();
    await database?.drop();
  });

  const statusOf = async (path: string) => (await fetch(`${collector.url}${path}`)).status;

  it("starts while the database is down: alive, and honest about not being ready", async () => {
    expect([await statusOf("/livez"), await statusOf("/readyz")]).toEqual([200, 503]);
    const answer = await postEvent(collector.url, `wmc_${"0".repeat(64)}`);
    expect([answer.status, answer.headers.has("retry-after")]).toEqual([503, true]);
  });

  it("makes its tables and becomes ready when the database comes, without a restart", async () => {
    await proxy.restore();
    await untilStatus(`${collector.url}/readyz`, 200);
    const { stdout } = await runCollectorCommand(["keys", "create", "--tier", "pro", "--json"], environment);
    key = (JSON.parse(stdout) as { key: string }).key;
    expect((await postEvent(collector.url, key)).status).toBe(201);
  });

  it("says 503 while the database is away and 201 when it is back, and stored is what it said 201 to", async () => {
    let accepted = 1;
    const send = async () => {
      const { status } = await postEvent(collector.url, key);
      if (status === 201) accepted += 1;
      return status;
    };
    expect(await send()).toBe(201);
    await proxy.cut();
    expect(await send()).toBe(503);
    await untilStatus(`${collector.url}/readyz`, 503);
    await proxy.restore();
    await untilStatus(`${collector.url}/readyz`, 200);
    expect(await send()).toBe(201);
    const pools = openPools({ url: database.url });
    expect(await countEvents(pools.read)).toBe(accepted);
    await pools.close(1_000);
  });

  it("logs nothing that belongs to anyone", async () => {
    const log = collector.log.join("\n");
    expect(log).not.toContain(key);
    expect(log).not.toContain(new URL(database.url).password || "no password");
    expect(log).not.toContain("get_forecast");
  });

  it("ends with one sentence where the database was used with another master secret; so does a command", async () => {
    const other = { ...environment, MASTER_SECRET: randomBytes(32).toString("hex") };
    for (const args of [
      ["serve", "--port", "0"],
      ["keys", "list"],
    ]) {
      const { code, stderr } = await runCollectorCommand(args, other);
      expect(code).toBe(1);
      expect(stderr).toMatch(/^collector: MASTER_SECRET is not the one that .* MASTER_SECRET_PREVIOUS\n$/m);
      expect(stderr).not.toContain(other.MASTER_SECRET);
    }
  });

  it("ends with code 1 at once on a second signal", async () => {
    proxy.hang();
    void postEvent(collector.url, key).catch(() => {});
    await untilStatus(`${collector.url}/readyz`, 503);
    collector.kill("SIGTERM");
    collector.kill("SIGINT");
    expect(await collector.exited).toBe(1);
  });
});
