import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { loadConfig } from "../../src/config.ts";
import { openDataFolder } from "../../src/embedded/data-folder.ts";
import { startEmbeddedDatabase } from "../../src/embedded/embedded-database.ts";
import { withMasterSecret } from "../../src/embedded/master-secret.ts";

/** Paths in the order in which they were synced, and those that were when the database counted as made. */
const synced = vi.hoisted(() => ({ paths: [] as string[], whole: [] as string[], marker: "" }));

vi.mock("node:fs", async (original) => {
  const fs = await original<typeof import("node:fs")>();
  const opened = new Map<number, string>();
  return {
    ...fs,
    openSync(path: string, flags: string) {
      const descriptor = fs.openSync(path, flags);
      opened.set(descriptor, path);
      return descriptor;
    },
    fsyncSync(descriptor: number) {
      const path = opened.get(descriptor) ?? "";
      synced.paths.push(path);
      if (!fs.existsSync(synced.marker)) synced.whole.push(path);
      fs.fsyncSync(descriptor);
    },
    writeFileSync(...args: Parameters<typeof fs.writeFileSync>) {
      fs.writeFileSync(...args);
      const [path, , options] = args;
      if (typeof options === "object" && options?.flush === true) synced.paths.push(String(path));
    },
  };
});
vi.mock("node:fs/promises", async (original) => {
  const fs = await original<typeof import("node:fs/promises")>();
  return {
    ...fs,
    async open(path: string, flags: string) {
      const file = await fs.open(path, flags);
      const sync = file.sync.bind(file);
      file.sync = async () => {
        synced.paths.push(path);
        await sync();
      };
      return file;
    },
  };
});

let parent: string;
let dataDir: string;

beforeEach(async () => {
  parent = await realpath(await mkdtemp(join(tmpdir(), "collector-folder-")));
  dataDir = join(parent, "made", "data");
  Object.assign(synced, { paths: [], whole: [], marker: join(dataDir, "creating") });
});
afterEach(() => rm(parent, { recursive: true, force: true }));

test("a database that counts as made is on the disk whole, and stays made after a power cut", async () => {
  const folder = await openDataFolder(dataDir);
  expect(synced.paths).toEqual(expect.arrayContaining([parent, join(parent, "made"), dataDir]));
  Object.assign(synced, { paths: [], whole: [] });
  const inside = join(folder.databaseDir, "base", "1");
  await mkdir(inside, { recursive: true });
  const files = [join(folder.databaseDir, "PG_VERSION"), join(inside, "1255"), join(inside, "pg_filenode.map")];
  for (const file of files) await writeFile(file, "18\n");
  await folder.created();
  expect(existsSync(synced.marker)).toBe(false);
  const before = synced.paths.filter((path) => path !== dataDir);
  expect(before.sort()).toEqual(
    [...files, join(dataDir, "initialized"), folder.databaseDir, join(folder.databaseDir, "base"), inside].sort(),
  );
  // Only the end of the marker is synced after it.
  expect(synced.whole).toEqual([dataDir]);
  folder.release();
});

test("the first start of the embedded database syncs every file it made", async () => {
  const database = await startEmbeddedDatabase(dataDir);
  const databaseDir = join(dataDir, "database");
  const isCatalog = (path: string) => path.startsWith(join(databaseDir, "base", "1"));
  const files = (await readdir(databaseDir, { recursive: true })).map((name) => join(databaseDir, name));
  expect(files.filter(isCatalog).length).toBeGreaterThan(100);
  expect(synced.paths).toEqual(expect.arrayContaining(files.filter(isCatalog)));
  await database.close();
});

test("a master secret is on the disk before anything is derived from it", () => {
  withMasterSecret(loadConfig({ dataDir }, {}));
  expect(synced.paths.slice(-2)).toEqual([join(dataDir, "master-secret"), dataDir]);
});
