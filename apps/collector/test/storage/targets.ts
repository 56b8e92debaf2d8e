import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createDatabase } from "@org/services";
import { inject } from "vitest";
import { startEmbeddedDatabase } from "../../src/embedded/embedded-database.ts";
import { migrateDatabase } from "../../src/storage/migrate.ts";
import type { DatabaseAddress } from "../../src/storage/pool.ts";

/** A database of one test file, with its tables. */
export interface TestDatabase {
  readonly address: DatabaseAddress;
  drop(): Promise<void>;
}

/** The two engines that storage has to behave the same on. */
export const TARGETS: readonly { readonly name: string; open(): Promise<TestDatabase> }[] = [
  { name: "PostgreSQL", open: openPostgres },
  { name: "the embedded database", open: openEmbedded },
];

/** An empty database on the real server, migrated. */
export async function openPostgres(): Promise<TestDatabase> {
  const { url, drop } = await createDatabase(inject("databaseUrl"));
  await migrateDatabase({ url });
  return { address: { url }, drop };
}

async function openEmbedded(): Promise<TestDatabase> {
  const folder = await mkdtemp(join(tmpdir(), "collector-test-"));
  const database = await startEmbeddedDatabase(folder);
  await migrateDatabase(database.address);
  return {
    address: database.address,
    async drop() {
      await database.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
