import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createDatabase } from "@org/services";
import type {} from "@org/services/vitest-setup";
import { inject } from "vitest";

export interface Storage {
  /** environment of a collector on this storage */
  readonly env: Record<string, string>;
  remove(): Promise<void>;
}

export interface StorageKind {
  readonly name: string;
  make(): Promise<Storage>;
}

/** Limits of one address are for strangers; here one machine is everybody. */
const everybody = { IP_LIMIT_REQUESTS: "1000000" };

/** Every kind of storage that a collector runs on, each new and empty. */
export const STORAGES: readonly StorageKind[] = [
  {
    name: "the embedded database",
    async make() {
      const dataDir = mkdtempSync(join(tmpdir(), "mcp-analytics-e2e-"));
      return {
        env: { ...everybody, DATA_DIR: dataDir },
        remove: async () => rmSync(dataDir, { recursive: true, force: true }),
      };
    },
  },
  {
    name: "PostgreSQL and Redis",
    async make() {
      const database = await createDatabase(inject("databaseUrl"));
      const env = {
        ...everybody,
        DATABASE_URL: database.url,
        REDIS_URL: inject("redisUrl"),
        MASTER_SECRET: randomBytes(32).toString("hex"),
      };
      return { env, remove: () => database.drop() };
    },
  },
];
