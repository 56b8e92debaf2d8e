import { randomBytes } from "node:crypto";
import { mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findRunningCollector } from "../src/embedded/embedded-database.ts";
import type { DatabaseAddress } from "../src/storage/pool.ts";
import { openPools } from "../src/storage/pools.ts";
import { type CollectorProcess, postEvent, runCollectorCommand, startCollectorProcess } from "./collector-process.ts";
import { countEvents } from "./storage/deliveries.ts";

interface CreatedKey {
  readonly id: string;
  readonly key: string;
  readonly signingSecret: string;
}

describe("the collector as a process, with embedded data", () => {
  let parent: string;
  let environment: { DATA_DIR: string };
  let collector: CollectorProcess;
  let created: CreatedKey;

  beforeAll(async () => {
    parent = await mkdtemp(join(tmpdir(), "collector-cli-"));
    environment = { DATA_DIR: join(parent, "made", "by", "it") };
    collector = await startCollectorProcess(environment);
  });
  afterAll(async () => {
    collector?.kill("SIGKILL");
    await collector?.exited;
    await rm(parent, { recursive: true, force: true });
  });

  const command = (...args: string[]) => runCollectorCommand(args, environment);
  async function stored(): Promise<number> {
    const running = await findRunningCollector(environment.DATA_DIR);
    const pools = openPools(running?.address as DatabaseAddress);
    try {
      return await countEvents(pools.read);
    } finally {
      await pools.close(1_000);
    }
  }

  it("makes keys while it runs, and takes events with them", async () => {
    const { code, stdout } = await command("keys", "create", "--name", "laptop", "--json");
    created = JSON.parse(stdout) as CreatedKey;
    expect(code).toBe(0);
    expect((await postEvent(collector.url, created.key)).status).toBe(201);
    expect(await stored()).toBe(1);
  });

  it("sets the requests a day of a key, and takes them back to its tier", async () => {
    const last4 = created.key.slice(-4);
    const limitOf = async () => JSON.parse((await command("keys", "list", "--json")).stdout)[0].rateLimitPerDay;
    expect((await command("keys", "set-day-limit", last4, "200")).stdout).toMatch(/may send 200 requests a day now/);
    expect(await limitOf()).toBe(200);
    expect((await command("keys", "set-day-limit", last4, "0")).stderr).toMatch(/must be a number from 1/);
    expect((await command("keys", "set-day-limit", created.id, "tier")).stdout).toMatch(/as free says now/);
    expect(await limitOf()).toBe(null);
  });

  it("declares names while it runs, and lists them", async () => {
    const declared = await command("names", "declare", "tool", "get_forecast", "get_alerts");
    expect(declared.stdout).toMatch(/^Declared: get_forecast, get_alerts\./);
    const bad = await command("names", "declare", "error-type", "user alice");
    expect([bad.code, bad.stderr]).toEqual([1, 'collector: No error-type can have the name "user alice"\n']);
    expect((await command("names", "learning", "off")).stdout).toMatch(/^Only declared names are kept/);
    const { stdout } = await command("names", "list", "--json");
    expect(JSON.parse(stdout)).toEqual({
      learning: false,
      names: [
        { kind: "tool", name: "get_alerts", state: "declared" },
        { kind: "tool", name: "get_forecast", state: "declared" },
      ],
    });
    expect((await command("names", "list")).stdout).toBe(
      "Learning is off.\ntool        declared     get_alerts\ntool        declared     get_forecast\n",
    );
  });

  it("keeps its data from other users", async () => {
    const { DATA_DIR } = environment;
    for (const folder of [DATA_DIR, join(DATA_DIR, "database"), join(DATA_DIR, "run")]) {
      expect((await stat(folder)).mode & 0o077).toBe(0);
    }
    expect((await stat(join(DATA_DIR, "master-secret"))).mode & 0o077).toBe(0);
  });

  it("refuses a second process on the same folder with one line", async () => {
    const { code, stderr } = await command("serve", "--port", "0");
    expect(code).toBe(1);
    expect(stderr).toMatch(/^collector: The data folder .+ is in use by another collector: .+\n$/);
  });

  it("has lost nothing after a SIGKILL that follows the answer", async () => {
    expect((await postEvent(collector.url, created.key)).status).toBe(201);
    collector.kill("SIGKILL");
    await collector.exited;
    collector = await startCollectorProcess(environment);
    expect(await stored()).toBe(2);
    expect((await postEvent(collector.url, created.key)).status).toBe(201);
  });

  it("derives the same signing secrets after a restart", async () => {
    const { stdout } = await command("keys", "list", "--json");
    expect(JSON.parse(stdout)).toEqual([
      expect.objectContaining({ id: created.id, name: "laptop", status: "active", lastFour: created.key.slice(-4) }),
    ]);
  });

  it("prints an admin link of the address where it listens", async () => {
    const { stdout } = await command("admin-link");
    expect(stdout.startsWith(`${collector.url}/#sign-in=`)).toBe(true);
  });

  it("ends with code 0 on SIGTERM, and answers from a free folder afterwards", async () => {
    collector.kill("SIGTERM");
    expect(await collector.exited).toBe(0);
    expect((await command("keys", "revoke", created.key.slice(-4))).stdout).toMatch(/^Revoked wmc_/);
    expect((await command("keys", "list")).stdout).toMatch(/revoked/);
    expect((await command("keys", "revoke", created.id)).stderr).toMatch(/^collector: No active key/);
  });

  it.each([["keys", "list"], ["keys", "create"], ["names", "list"], ["admin-link"]])(
    "makes no database for a command that is neither serve nor migrate: %s %s",
    async (...args) => {
      const empty = join(parent, "empty");
      const words = args.filter((word) => word !== undefined);
      const { code, stdout, stderr } = await runCollectorCommand([...words, "--data-dir", empty], {});
      expect([code, stdout]).toEqual([1, ""]);
      expect(stderr).toBe(
        `collector: There is no database in ${empty}: give the folder of the collector with --data-dir or DATA_DIR, or start it first\n`,
      );
      await expect(stat(empty)).rejects.toThrow("ENOENT");
    },
  );

  it("names cause and mend in one line when it cannot start", async () => {
    const file = join(parent, "file");
    await writeFile(file, "");
    const taken = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => taken.once("listening", resolve));
    const { port } = taken.address() as { port: number };
    const cases: [string[], Record<string, string>, RegExp][] = [
      [["serve"], { DATA_DIR: file }, /is not a folder: choose another with --data-dir or DATA_DIR/],
      [["serve"], { DATA_DIR: "/proc/nowhere" }, /cannot be written \(\w+\): choose another/],
      [["serve", "--port", String(port)], environment, /is taken\. Stop what uses it, or choose another with --port/],
      [["serve"], { PORT: "x" }, /PORT must be a port from 0 to 65535/],
      [["keys", "list"], { DATABASE_URL: "postgres://127.0.0.1:1/x" }, /MASTER_SECRET must be/],
      [
        ["keys", "list"],
        { DATABASE_URL: "postgres://user:hidden@127.0.0.1:1/x", MASTER_SECRET: randomBytes(32).toString("hex") },
        /The database does not answer \(connection refused, ECONNREFUSED\): check DATABASE_URL/,
      ],
    ];
    const results = await Promise.all(cases.map(([args, settings]) => runCollectorCommand(args, settings)));
    for (const [index, { code, stdout, stderr }] of results.entries()) {
      expect([code, stdout, stderr.split("\n").length]).toEqual([1, "", 2]);
      expect(stderr).toMatch(cases[index]?.[2] ?? /never/);
      expect(stderr).not.toContain("hidden");
    }
    taken.close();
  });

  it("tells what it can do", async () => {
    const [help, version] = await Promise.all([command("--help"), command("--version")]);
    expect(help.stdout).toMatch(/serve.*migrate.*keys.*admin-link/s);
    expect(version.stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it("names a command that it does not know, and those that it does", async () => {
    const [outer, inner] = await Promise.all([command("nonsense", "--port", "0"), command("keys", "nonsense")]);
    expect([outer.code, inner.code]).toEqual([1, 1]);
    expect(outer.stderr).toMatch(/^error: unknown command 'nonsense'; there is: serve, migrate, keys, .*admin-link/);
    expect(inner.stderr).toMatch(/^error: unknown command 'nonsense'; there is: create, list, revoke, /);
  });
});
