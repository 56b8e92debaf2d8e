import { readdirSync, readFileSync } from "node:fs";
import { createDatabase } from "@org/services";
import { getTableColumns, getTableName } from "drizzle-orm";
import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { migrateDatabase } from "../../src/storage/migrate.ts";
import { openPools, type Pools } from "../../src/storage/pools.ts";
import * as schema from "../../src/storage/schema.ts";

const folder = new URL("../../src/storage/migrations/", import.meta.url);
const journal = JSON.parse(readFileSync(new URL("meta/_journal.json", folder), "utf8")) as {
  entries: { idx: number; when: number; tag: string }[];
};

describe("migrations", () => {
  let database: Awaited<ReturnType<typeof createDatabase>>;
  let pools: Pools;

  beforeAll(async () => {
    database = await createDatabase(inject("databaseUrl"));
    pools = openPools({ url: database.url });
  });
  afterAll(async () => {
    await pools?.close(1_000);
    await database?.drop();
  });

  it("run once when replicas start together, and do nothing the next time", async () => {
    await Promise.all(Array.from({ length: 4 }, () => migrateDatabase({ url: database.url })));
    await migrateDatabase({ url: database.url });
    const rows = await pools.read.run(({ sql }) => sql`SELECT hash FROM drizzle.__drizzle_migrations`);
    expect(rows.length).toBe(journal.entries.length);
    expect(await pools.read.run(({ sql }) => sql`SELECT id, name FROM projects`)).toEqual([{ id: 1, name: "default" }]);
  });

  it("wait no longer than they may for one who holds their lock, and succeed when it is free", async () => {
    const holder = postgres(database.url, { max: 1 });
    await holder`SELECT pg_advisory_lock(7263845190::bigint)`;
    await expect(migrateDatabase({ url: database.url }, { lockTimeoutMs: 50 })).rejects.toMatchObject({
      code: "55P03",
    });
    await holder.end();
    await migrateDatabase({ url: database.url }, { lockTimeoutMs: 50 });
  });

  it("are all listed, in the order of their numbers", () => {
    const files = readdirSync(folder).filter((name) => name.endsWith(".sql"));
    expect(journal.entries.map(({ tag }) => `${tag}.sql`)).toEqual(files.sort());
    expect(journal.entries.map(({ idx }) => idx)).toEqual(files.map((name) => Number(name.slice(0, 4))));
    const whens = journal.entries.map(({ when }) => when);
    expect(whens).toEqual([...new Set(whens)].sort((a, b) => a - b));
  });

  it.each(Object.values(schema).map((table) => [getTableName(table), table] as const))(
    "make %s as the code sees it",
    async (name, table) => {
      const found = await pools.read.run(
        ({ sql }) => sql<{ name: string; type: string; required: boolean; filled: boolean }[]>`
          SELECT attname AS name, format_type(atttypid, atttypmod) AS type, attnotnull AS required, atthasdef AS filled
          FROM pg_attribute WHERE attrelid = ${name}::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum`,
      );
      const seen = Object.values(getTableColumns(table)).map((column) => ({
        name: column.name,
        type: column
          .getSQLType()
          .replace(/^varchar/, "character varying")
          .replace(/^char\(/, "character("),
        required: column.notNull,
        filled: column.hasDefault || column.generated !== undefined,
      }));
      expect(found.map((column) => ({ ...column }))).toEqual(seen);
    },
  );
});
