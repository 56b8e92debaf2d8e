import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { createDatabase } from "@org/services";
import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { openPools } from "../src/storage/pools.ts";
import {
  type CollectorProcess,
  runCollectorCommand,
  spawnCollector,
  startCollectorProcess,
  untilStatus,
} from "./collector-process.ts";
import { countEvents } from "./storage/deliveries.ts";

describe("the end of a collector", () => {
  let database: Awaited<ReturnType<typeof createDatabase>>;
  let environment: Record<string, string>;
  let key: string;

  beforeAll(async () => {
    database = await createDatabase(inject("databaseUrl"));
    environment = {
      DATABASE_URL: database.url,
      MASTER_SECRET: randomBytes(32).toString("hex"),
      SHUTDOWN_DEADLINE_MS: "1500",
    };
    const { stdout } = await runCollectorCommand(["keys", "create", "--json"], environment);
    key = (JSON.parse(stdout) as { key: string }).key;
  });
  afterAll(async () => {
    await database?.drop();
  });

  /** Sends a request for one event, all but the last `heldBack` bytes of its body. */
  async function begin(collector: CollectorProcess, heldBack: number): Promise<{ socket: Socket; rest: Buffer }> {
    const body = Buffer.from(JSON.stringify({ tool: "get_forecast", success: true, timestamp: Date.now() }));
    const { hostname, port } = new URL(collector.url);
    const socket = connect(Number(port), hostname);
    await once(socket, "connect");
    const head = `POST /v1/events HTTP/1.1\r\nHost: collector\r\nX-API-Key: ${key}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`;
    socket.write(head);
    socket.write(body.subarray(0, body.length - heldBack));
    return { socket, rest: body.subarray(body.length - heldBack) };
  }

  it("answers a request whose last byte comes after the signal, stores it, and exits 0", async () => {
    const collector = await startCollectorProcess(environment);
    await untilStatus(`${collector.url}/readyz`, 200);
    const { socket, rest } = await begin(collector, 1);
    // Its own connection goes through the server after the half request, so that one has been read by then.
    await untilStatus(`${collector.url}/livez`, 200);
    collector.kill("SIGTERM");
    while (!collector.log.some((line) => line.includes('"closing"'))) await new Promise((next) => setTimeout(next, 10));
    socket.write(rest);
    const [answer] = (await once(socket, "data")) as [Buffer];
    expect(answer.toString("latin1")).toMatch(/^HTTP\/1\.1 201 /);
    expect(await collector.exited).toBe(0);
    const pools = openPools({ url: database.url });
    expect(await countEvents(pools.read)).toBe(1);
    await pools.close(1_000);
  });

  it("listens while the tables wait for a lock, says that it is not ready, and exits 0 on SIGTERM", async () => {
    const holder = postgres(database.url, { max: 1 });
    await holder`SELECT pg_advisory_lock(7263845190::bigint)`;
    const collector = await startCollectorProcess(environment);
    expect((await fetch(`${collector.url}/livez`)).status).toBe(200);
    expect(collector.log.join()).toContain("the tables are not ready yet");
    collector.kill("SIGTERM");
    expect(await collector.exited).toBe(0);
    await holder.end();
  });

  it("exits 0 on a SIGTERM that comes before it listens", async () => {
    const holder = postgres(database.url, { max: 1 });
    await holder`SELECT pg_advisory_lock(7263845190::bigint)`;
    const child = spawnCollector(environment);
    const waiting = async () =>
      (
        await holder`SELECT 1 FROM pg_stat_activity WHERE application_name = 'collector migrate' AND wait_event = 'advisory'`
      ).length;
    while ((await waiting()) === 0) await new Promise((next) => setTimeout(next, 10));
    child.kill("SIGTERM");
    const [code] = (await once(child, "exit")) as [number | null];
    expect(code).toBe(0);
    await holder.end();
  });

  it("cuts a client off that never finishes, when the deadline has passed, and exits 0", async () => {
    const collector = await startCollectorProcess(environment);
    const { socket } = await begin(collector, 5);
    await untilStatus(`${collector.url}/livez`, 200);
    const closed = once(
      socket.on("error", () => {}),
      "close",
    );
    collector.kill("SIGINT");
    await closed;
    expect(await collector.exited).toBe(0);
  });
});
