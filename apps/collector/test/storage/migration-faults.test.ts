import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createDatabase, startFaultProxy } from "@org/services";
import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { databaseProblem } from "../../src/storage/database-problem.ts";
import { StorageUnavailableError } from "../../src/storage/errors.ts";
import { migrateDatabase } from "../../src/storage/migrate.ts";
import { MIGRATIONS_FOLDER } from "../../src/storage/migration-files.ts";
import { openPools, type Pools } from "../../src/storage/pools.ts";
import { openStorage } from "../../src/storage/storage.ts";
import { eventually, untilRows } from "./support/eventually.ts";
import { TARGETS, type TestDatabase } from "./targets.ts";

const TAG = "9999_one_more";

/** Our migrations and one more. @param when Unix ms, relative to the newest of ours */
async function folderWith(text: string, when: number): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "collector-migrations-"));
  await cp(MIGRATIONS_FOLDER, folder, { recursive: true });
  await writeFile(join(folder, `${TAG}.sql`), text);
  const file = join(folder, "meta", "_journal.json");
  const journal = JSON.parse(await readFile(file, "utf8")) as { entries: { idx: number; when: number }[] };
  const newest = journal.entries.at(-1) as { idx: number; when: number };
  const entry = { ...newest, idx: newest.idx + 1, when: newest.when + when, tag: TAG };
  await writeFile(file, JSON.stringify({ ...journal, entries: [...journal.entries, entry] }));
  return folder;
}

describe.each(TARGETS)("a migration of $name", ({ open }) => {
  let database: TestDatabase;
  let pools: Pools;
  const folders: string[] = [];

  beforeAll(async () => {
    database = await open();
    pools = openPools(database.address);
  });
  afterAll(async () => {
    await pools?.close(1_000);
    await database?.drop();
    for (const folder of folders) await rm(folder, { recursive: true, force: true });
  });

  /** What a collector with these migrations says about itself. */
  async function startWith(folder: string) {
    folders.push(folder);
    const options = { rawRetentionDays: 30, now: Date.now, onError: () => {}, onQuarantined: () => {} };
    const storage = openStorage(database.address, { ...options, migrationsFolder: folder });
    const isPrepared = await storage.start();
    const probe = await storage.storageHealth.probe().catch((error: unknown) => error);
    const problem = databaseProblem(storage.startError);
    await storage.close(0);
    return { isPrepared, probe, problem };
  }
  const tables = async () =>
    (await pools.lookup.run(({ sql }) => sql`SELECT relname FROM pg_class WHERE relname LIKE 'added_%'`)).length;

  test("that is stamped earlier than one that is applied keeps the collector unready and is named", async () => {
    const { isPrepared, probe, problem } = await startWith(await folderWith("CREATE TABLE added_early (a int)", -1));
    expect(isPrepared).toBe(false);
    expect(probe).toMatchObject({ name: "MigrationError", migration: TAG });
    expect(problem).toContain(`Migration ${TAG} was not applied`);
    expect(problem).toMatch(/newer one.*Run the version/);
  });

  test("that fails keeps the collector unready, is named and leaves nothing", async () => {
    const text =
      "CREATE TABLE added_half (a int);\n--> statement-breakpoint\nALTER TABLE no_such_table ADD COLUMN a int;";
    const { isPrepared, probe, problem } = await startWith(await folderWith(text, 1_000));
    expect(isPrepared).toBe(false);
    expect(probe).toMatchObject({ name: "MigrationError", code: "42P01", migration: TAG });
    expect(problem).toContain(`Migration ${TAG} failed (42P01)`);
    expect(problem).not.toContain("does not answer");
    expect(await tables()).toBe(0);
  });

  test("that is newer than all is applied by one start and skipped by the next", async () => {
    const folder = await folderWith("CREATE TABLE added_late (a int)", 2_000);
    expect(await startWith(folder)).toMatchObject({ isPrepared: true, probe: undefined });
    expect(await startWith(folder)).toMatchObject({ isPrepared: true, probe: undefined });
    expect(await tables()).toBe(1);
  });
});

describe("migrations whose connection dies", () => {
  let database: Awaited<ReturnType<typeof createDatabase>>;

  beforeAll(async () => {
    database = await createDatabase(inject("databaseUrl"));
  });
  afterAll(() => database?.drop());

  test("reject wherever it is cut, and are applied by the next try", async () => {
    const proxy = await startFaultProxy(database.url);
    for (let bytes = 0; bytes < 24_000; bytes += bytes < 2_000 ? 150 : 1_100) {
      proxy.cutAfterBytes(bytes);
      await migrateDatabase({ url: proxy.url }).catch((error) => expect(error).toBeInstanceOf(StorageUnavailableError));
      await proxy.restore();
    }
    await migrateDatabase({ url: proxy.url });
    await proxy.close();
  });

  test("reject when the backend is terminated while it waits for a lock, and are applied by the next try", async () => {
    await migrateDatabase({ url: database.url });
    const folder = await folderWith("ALTER TABLE projects ADD COLUMN added int", 1_000);
    const sql = postgres(database.url, { max: 2 });
    await sql.begin(async (transaction) => {
      await transaction`LOCK TABLE projects`;
      const migration = migrateDatabase({ url: database.url }, { folder });
      const terminate = untilRows(
        () => sql`
          SELECT pg_terminate_backend(pid) FROM pg_stat_activity
          WHERE application_name = 'collector migrate' AND datname = current_database() AND wait_event_type = 'Lock'`,
      );
      await Promise.all([expect(migration).rejects.toBeInstanceOf(StorageUnavailableError), terminate]);
    });
    await eventually(() => migrateDatabase({ url: database.url }, { folder }));
    expect(await sql`SELECT added FROM projects`).toHaveLength(1);
    await sql.end();
    await rm(folder, { recursive: true, force: true });
  });
});
