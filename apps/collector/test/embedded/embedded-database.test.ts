import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DataFolderInUseError } from "../../src/embedded/data-folder-error.ts";
import { type EmbeddedDatabase, startEmbeddedDatabase } from "../../src/embedded/embedded-database.ts";
import { openClient } from "../../src/storage/pool.ts";

describe("the embedded database", () => {
  let parent: string;
  let folder: string;
  let database: EmbeddedDatabase;
  let brokenDown: Promise<void>;
  let onBreakdown = () => {};

  beforeAll(async () => {
    parent = await mkdtemp(join(tmpdir(), "collector-embedded-"));
    // So long that no Unix socket could stand in it.
    folder = join(parent, "x".repeat(120));
    // What a first start leaves that was cut off.
    await mkdir(join(folder, "database"), { recursive: true });
    await writeFile(join(folder, "creating"), "");
    await writeFile(join(folder, "database", "PG_VERSION"), "18\n");
    brokenDown = new Promise((resolve) => {
      onBreakdown = () => resolve();
    });
    database = await startEmbeddedDatabase(folder, { onBreakdown: () => onBreakdown() });
  });
  afterAll(async () => {
    await database?.close();
    await rm(parent, { recursive: true, force: true });
  });

  const client = (max: number) => openClient(database.address, { max, fetch_types: false });

  it("begins anew after a first start that was cut off", async () => {
    const sql = client(1);
    expect(await sql`SELECT 1 AS one`).toMatchObject([{ one: 1 }]);
    await sql.end();
    expect(existsSync(join(folder, "creating"))).toBe(false);
  });

  it("lets no two processes at one folder", async () => {
    await expect(startEmbeddedDatabase(folder)).rejects.toBeInstanceOf(DataFolderInUseError);
  });

  it("keeps statements of many connections apart", async () => {
    const sql = client(16);
    const results = await Promise.all(
      Array.from({ length: 300 }, (_, index) =>
        sql.unsafe<{ number: number; text: string }[]>(
          "SELECT $1::int AS number, $2::text AS text",
          [index, `text ${index}`],
          {
            prepare: index % 2 === 0,
          },
        ),
      ),
    );
    expect(results.every(([row], index) => row?.number === index && row.text === `text ${index}`)).toBe(true);
    await sql.end();
  });

  it("keeps transactions and errors of one connection from the others", async () => {
    const sql = client(8);
    await sql`CREATE TABLE numbers (number int)`;
    const results = await Promise.allSettled(
      Array.from({ length: 90 }, (_, index) => {
        if (index % 3 === 0) return sql`SELECT 1 / ${0}::int`;
        if (index % 3 === 1) return sql`SELECT ${index}::int AS number`;
        return sql.begin(async (transaction) => {
          await transaction`INSERT INTO numbers VALUES (${index})`;
          if (index % 2 === 0) throw new Error("rolled back");
        });
      }),
    );
    const fulfilled = results.map(({ status }, index) => (status === "fulfilled" ? index : -1)).filter((i) => i >= 0);
    expect(fulfilled).toEqual(results.map((_, i) => i).filter((i) => i % 3 === 1 || (i % 3 === 2 && i % 2 === 1)));
    const [row] = await sql`SELECT count(*)::int AS rows FROM numbers`;
    expect(row).toEqual({ rows: 15 });
    await sql.end();
  });

  it("rolls back what a connection leaves open that is lost", async () => {
    const lost = client(1);
    const begun = lost.begin(async (transaction) => {
      await transaction`CREATE TABLE unfinished (number int)`;
      await lost.end({ timeout: 0 });
    });
    await expect(begun).rejects.toBeInstanceOf(Error);
    const sql = client(1);
    expect(await sql`SELECT to_regclass('unfinished') AS found`).toEqual([{ found: null }]);
    await sql.end();
  });

  it("commits to the disk", async () => {
    const sql = client(1);
    const [row] = await sql`SELECT current_setting('fsync') AS fsync, current_setting('synchronous_commit') AS commits`;
    expect(row).toEqual({ fsync: "on", commits: "on" });
    await sql.end();
  });

  it("starts again by itself when its engine breaks down, with everything that was committed", async () => {
    const path = (database.address as { path: string }).path;
    const before = client(1);
    await before`INSERT INTO numbers VALUES (1)`;
    // A message that the protocol does not know ends a backend, and here there is but one.
    connect(path)
      .on("error", () => {})
      .end(Uint8Array.of(0x7a, 0, 0, 0, 4));
    await brokenDown;
    let rows: unknown;
    while (rows === undefined) {
      const sql = client(1);
      rows = await sql`SELECT count(*)::int AS rows FROM numbers`.then(
        ([row]) => row,
        () => undefined,
      );
      await sql.end({ timeout: 0 });
    }
    expect(rows).toEqual({ rows: 16 });
    await before.end({ timeout: 0 });
  });

  it("can be opened again after a close, with its data", async () => {
    await database.close();
    database = await startEmbeddedDatabase(folder);
    const sql = client(1);
    expect(await sql`SELECT count(*)::int AS rows FROM numbers`).toMatchObject([{ rows: 16 }]);
    await sql.end();
  });
});
