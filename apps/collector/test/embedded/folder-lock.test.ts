import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { findHolder, lockFolder } from "../../src/embedded/folder-lock.ts";

describe("the lock of a data folder", () => {
  let folder: string;
  let file: string;
  let server: Server | undefined;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "collector-lock-"));
    file = join(folder, "lock");
  });
  afterEach(async () => {
    server?.close();
    server = undefined;
    await rm(folder, { recursive: true, force: true });
  });

  const listen = async () => {
    const path = join(folder, "socket");
    server = createServer((socket) => socket.end()).listen(path);
    await new Promise((resolve) => server?.once("listening", resolve));
    return { path };
  };

  it("is held by one at a time, and free again after a release", async () => {
    const lock = await lockFolder(file);
    expect(lock).toBeDefined();
    expect(await lockFolder(file)).toBeUndefined();
    lock?.release();
    expect(await readdir(folder)).toEqual([]);
    expect(await lockFolder(file)).toBeDefined();
  });

  it("tells where its holder listens, while it does", async () => {
    const lock = await lockFolder(file);
    expect(await findHolder(file)).toBeUndefined();
    const address = await listen();
    lock?.announce({ address, url: "http://127.0.0.1:1" });
    expect(await findHolder(file)).toEqual({ address, url: "http://127.0.0.1:1" });
    expect(await lockFolder(file)).toBeUndefined();
  });

  it.each([
    ["of a process that is gone", JSON.stringify({ pid: 2 ** 22 + 1, startedAt: "boot/1" })],
    ["of an earlier process with the same number", JSON.stringify({ pid: process.pid, startedAt: "boot/1" })],
    ["that was cut off in the writing", '{"pid":'],
    ["that is empty", ""],
  ])("is taken over from a record %s", async (_what, text) => {
    await writeFile(file, text);
    const lock = await lockFolder(file);
    expect(lock).toBeDefined();
    expect(await lockFolder(file)).toBeUndefined();
    lock?.release();
    expect(await readdir(folder)).toEqual([]);
  });

  it("is not taken from a process that cannot be seen but answers, as in another container", async () => {
    const address = await listen();
    await writeFile(file, JSON.stringify({ pid: 2 ** 22 + 1, startedAt: "boot/1", announcement: { address } }));
    expect(await lockFolder(file)).toBeUndefined();
  });

  it("is not released by one that has lost it", async () => {
    const lost = await lockFolder(file);
    await rm(file);
    const lock = await lockFolder(file);
    lock?.announce({ address: { path: "elsewhere" } });
    lost?.release();
    expect(await readdir(folder)).toEqual(["lock"]);
  });
});
