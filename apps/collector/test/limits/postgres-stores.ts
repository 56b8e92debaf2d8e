import { createDatabase } from "@org/services";
import type {} from "@org/services/vitest-setup";
import { inject } from "vitest";
import { createCircuitBreaker } from "../../src/limits/circuit-breaker.ts";
import { createPostgresBucketStore, type PostgresBucketStore } from "../../src/limits/postgres-bucket-store.ts";
import { migrateDatabase } from "../../src/storage/migrate.ts";

/** Stores of limits in one database of their own. */
export interface PostgresStores {
  readonly url: string;
  /** @param now stands for the clock of PostgreSQL */
  open(now?: () => number): PostgresBucketStore;
  drop(): Promise<void>;
}

export async function createPostgresStores(): Promise<PostgresStores> {
  const { url, drop } = await createDatabase(inject("databaseUrl"));
  await migrateDatabase({ url });
  return {
    url,
    // A machine that is busy with other tests is no outage.
    open: (now) =>
      createPostgresBucketStore({
        databaseUrl: url,
        breaker: createCircuitBreaker({ now: Date.now }),
        timeoutMs: 30_000,
        ...(now !== undefined && { now }),
      }),
    drop,
  };
}
