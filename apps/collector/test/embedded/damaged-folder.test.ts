import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { EMBEDDED_POSTGRES_MAJOR } from "../../src/embedded/damage.ts";
import { DataFolderError } from "../../src/embedded/data-folder-error.ts";
import { startEmbeddedDatabase } from "../../src/embedded/embedded-database.ts";

/** Bytes that the disk has left, when a test says so. */
const disk = vi.hoisted(() => ({ leftBytes: undefined as number | undefined }));
vi.mock("node:fs", async (original) => {
  const fs = await original<typeof import("node:fs")>();
  return {
    ...fs,
    statfsSync: (path: string) =>
      disk.leftBytes === undefined ? fs.statfsSync(path) : { bavail: disk.leftBytes, bsize: 1 },
  };
});

let parent: string;
let whole: string;
beforeAll(async () => {
  parent = mkdtempSync(join(tmpdir(), "collector-damaged-"));
  whole = join(parent, "whole");
  const database = await startEmbeddedDatabase(whole);
  await database.close();
}, 30_000);
afterAll(() => rmSync(parent, { recursive: true, force: true }));

/** A copy of a folder that was in use. */
function copy(): string {
  const folder = mkdtempSync(join(parent, "copy-"));
  cpSync(whole, folder, { recursive: true });
  return folder;
}

async function refusalOf(folder: string): Promise<string> {
  const error = await startEmbeddedDatabase(folder).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(DataFolderError);
  const { message } = error as DataFolderError;
  expect(message).not.toMatch(/\n|ASSERTIONS/);
  expect(message).toContain(folder);
  return message;
}

const walFile = (folder: string) => {
  const wal = join(folder, "database", "pg_wal");
  const [newest = ""] = readdirSync(wal)
    .filter((name) => /^[0-9A-F]{24}$/.test(name))
    .sort()
    .reverse();
  return join(wal, newest);
};

describe("a damaged database does not start, and its refusal names the file and the mend", () => {
  test.each([
    ["WAL that is missing", (folder: string) => rmSync(walFile(folder)), /pg_wal\/[0-9A-F]{24} is missing.*backup/],
    [
      "WAL that is truncated",
      (folder: string) => truncateSync(walFile(folder), 100),
      /pg_wal\/\w+ is truncated.*backup/,
    ],
    [
      "WAL that is zeroed",
      (folder: string) => writeFileSync(walFile(folder), Buffer.alloc(16 * 1024 * 1024)),
      /pg_wal\/\w+ is empty.*backup/,
    ],
    [
      "pg_control that is missing",
      (folder: string) => rmSync(join(folder, "database", "global", "pg_control")),
      /global\/pg_control is missing.*backup/,
    ],
    [
      "pg_control that is cut off",
      (folder: string) => truncateSync(join(folder, "database", "global", "pg_control"), 10),
      /global\/pg_control has 10 bytes.*backup/,
    ],
    [
      "tables that are gone",
      (folder: string) => rmSync(join(folder, "database", "base"), { recursive: true }),
      /does not start: .*backup/,
    ],
  ])("%s", { timeout: 30_000 }, async (_what, damage, expected) => {
    const folder = copy();
    damage(folder);
    expect(await refusalOf(folder)).toMatch(expected);
  });

  test("a full disk", { timeout: 30_000 }, async () => {
    const folder = copy();
    rmSync(walFile(folder));
    disk.leftBytes = 3_000_000;
    expect(await refusalOf(folder)).toMatch(/the disk has 3 MB left: make room/);
    disk.leftBytes = undefined;
  });
});

describe("a database of another version is refused with both versions", () => {
  test.each([
    ["one lower", String(Number(EMBEDDED_POSTGRES_MAJOR) - 1)],
    ["one higher", String(Number(EMBEDDED_POSTGRES_MAJOR) + 1)],
  ])("%s", async (_what, version) => {
    const folder = copy();
    writeFileSync(join(folder, "database", "PG_VERSION"), `${version}\n`);
    const refusal = await refusalOf(folder);
    expect(refusal).toContain(
      `is of PostgreSQL ${version}, and this release has PostgreSQL ${EMBEDDED_POSTGRES_MAJOR}`,
    );
    expect(refusal).toContain("--data-dir");
  });

  test("an empty PG_VERSION is of an unknown one", async () => {
    const folder = copy();
    writeFileSync(join(folder, "database", "PG_VERSION"), "");
    expect(await refusalOf(folder)).toContain("is of an unknown version");
  });

  test("the version that is expected is that of the engine", () => {
    expect(readFileSync(join(whole, "database", "PG_VERSION"), "utf8").trim()).toBe(EMBEDDED_POSTGRES_MAJOR);
  });
});

describe("a folder that was in use is never initialised again", () => {
  const gone: readonly (readonly [string, (folder: string) => void, string])[] = [
    ["PG_VERSION", (folder) => rmSync(join(folder, "database", "PG_VERSION")), "database/PG_VERSION is missing"],
    ["database", (folder) => rmSync(join(folder, "database"), { recursive: true }), "database is missing"],
  ];
  test.each(gone)("without %s", async (_what, remove, expected) => {
    const folder = copy();
    remove(folder);
    const before = readdirSync(folder).sort();
    expect(await refusalOf(folder)).toContain(expected);
    expect(readdirSync(folder).sort()).toEqual(before);
  });

  test.each(gone)("made by a release without a marker, without %s", async (_what, remove, expected) => {
    const folder = copy();
    rmSync(join(folder, "initialized"));
    remove(folder);
    expect(await refusalOf(folder)).toContain(expected);
  });

  test("made by a release without a marker it starts, and is marked", { timeout: 30_000 }, async () => {
    const folder = copy();
    rmSync(join(folder, "initialized"));
    const database = await startEmbeddedDatabase(folder);
    await database.close();
    expect(existsSync(join(folder, "initialized"))).toBe(true);
  });
});
