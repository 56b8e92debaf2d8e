import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type RunningCollector, startCollector } from "../src/serve.ts";
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
    const unreachable = { databaseUrl: "postgres://127.0.0.1:1/x", masterSecrets: [Buffer.alloc(32)], port: 0 };
    await expect(startCollector({ ...unreachable, logLevel: "silent" })).rejects.toThrow(
      /The database does not answer/,
    );
  });
});
