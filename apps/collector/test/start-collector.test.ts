import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, it, vi } from "vitest";
import { type RunningCollector, startCollector } from "../src/serve.ts";
import { StartError } from "../src/start-error.ts";
import { postEvent } from "./collector-process.ts";

describe("a collector started inside another process", () => {
  let folder: string;
  let collector: RunningCollector;
  let key: string;
  const start = () => startCollector({ dataDir: folder, port: 0, logLevel: "silent" });

  beforeAll(async () => {
    // Servers that are given for other tests must not take the place of the folder.
    vi.stubEnv("DATABASE_URL", undefined);
    vi.stubEnv("REDIS_URL", undefined);
    folder = await mkdtemp(join(tmpdir(), "collector-start-"));
    collector = await start();
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    await collector?.close();
    await rm(folder, { recursive: true, force: true });
  });

  it("gives a first key and a way in", async () => {
    key = collector.firstKey?.key ?? "";
    expect((await postEvent(collector.url, key)).status).toBe(201);
    expect(collector.adminLink.startsWith(`${collector.url}/#sign-in=`)).toBe(true);
  });

  it("gives no second key when it has one, and a fresh way in each time", async () => {
    const { adminLink } = collector;
    await collector.close();
    collector = await start();
    expect(collector.firstKey).toBeUndefined();
    expect(collector.adminLink).not.toBe(adminLink);
    expect((await postEvent(collector.url, key)).status).toBe(201);
  });

  it("leaves nothing behind when it cannot start", async () => {
    const { port } = new URL(collector.url);
    const other = await mkdtemp(join(tmpdir(), "collector-start-"));
    await expect(startCollector({ dataDir: other, port: Number(port), logLevel: "silent" })).rejects.toThrow(
      /is taken/,
    );
    // The folder is free again: its database was closed.
    const again = await startCollector({ dataDir: other, port: 0, logLevel: "silent" });
    await again.close();
    await rm(other, { recursive: true, force: true });
  });

  it("names why a database cannot be used, and nothing of its URL", async () => {
    const server = new URL(inject("databaseUrl"));
    const at = (changes: Partial<URL>) => Object.assign(new URL(server), changes).href;
    const cases: [string, RegExp][] = [
      ["postgres://user:hidden@127.0.0.1:1/x", /does not answer \(connection refused/],
      ["postgres://user:hidden@nowhere.invalid/x", /host of the database is not found/],
      [at({ username: "nobody", password: "hidden" }), /refuses the user or the password|does not let/],
      [at({ pathname: "/no_such_database" }), /has no database of this name/],
    ];
    const settings = { masterSecrets: [Buffer.alloc(32)], port: 0, logLevel: "silent" as const };
    for (const [databaseUrl, cause] of cases) {
      const error = await startCollector({ ...settings, databaseUrl }).catch((thrown: Error) => thrown);
      expect(error).toBeInstanceOf(StartError);
      expect((error as Error).message).toMatch(cause);
      expect((error as Error).message).not.toContain("hidden");
    }
  });

  it("refuses a level of its log that there is not, as the process does", async () => {
    vi.stubEnv("LOG_LEVEL", "loud");
    await expect(startCollector({ dataDir: folder, port: 0 })).rejects.toThrow(/^LOG_LEVEL must be one of/);
    vi.stubEnv("LOG_LEVEL", undefined);
  });
});
