import { hash } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, readdir, rm, utimes, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
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
    ["that was cut off in the writing a while ago", '{"pid":'],
    ["that has been empty for a while", ""],
  ])("is taken over from a record %s", async (_what, text) => {
    await writeFile(file, text);
    await utimes(file, 0, 0);
    const lock = await lockFolder(file);
    expect(lock).toBeDefined();
    expect(await lockFolder(file)).toBeUndefined();
    lock?.release();
    expect(await readdir(folder)).toEqual([]);
  });

  it("is not taken from somebody who may be writing a record just now", async () => {
    await writeFile(file, "");
    expect(await lockFolder(file)).toBeUndefined();
    expect(await readdir(folder)).toEqual(["lock"]);
  });

  it("is taken over from one that was killed while it took over another", async () => {
    const gone = JSON.stringify({ pid: 2 ** 22 + 1, startedAt: "boot/1" });
    await writeFile(file, gone);
    await writeFile(`${file}.${hash("sha256", gone).slice(0, 16)}`, gone.replace("boot/1", "boot/2"));
    expect(await lockFolder(file)).toBeDefined();
    expect(await readdir(folder)).toEqual(["lock"]);
  });

  it.each([
    ["free", undefined],
    ["left behind by one that is gone", JSON.stringify({ pid: 2 ** 22 + 1, startedAt: "boot/1" })],
  ])("lets exactly one of many in that come at once, when it is %s", async (_what, left) => {
    const [contenders, rounds] = [4, 150];
    const files = Array.from({ length: rounds }, (_, round) => join(folder, `lock-${round}`));
    if (left !== undefined) await Promise.all(files.map((one) => writeFile(one, left)));
    // Where all of them meet before each round, and how many got in.
    const meeting = new Int32Array(new SharedArrayBuffer(4 * rounds));
    const holders = new Int32Array(new SharedArrayBuffer(4 * rounds));
    const workers = Array.from(
      { length: contenders },
      () =>
        new Worker(new URL("./lock-contender.ts", import.meta.url), {
          workerData: { files, contenders, meeting, holders },
        }),
    );
    const codes = await Promise.all(workers.map(async (worker) => (await once(worker, "exit"))[0]));
    expect(codes).toEqual(workers.map(() => 0));
    expect([...holders]).toEqual(files.map(() => 1));
    expect((await readdir(folder)).length).toBe(rounds);
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
