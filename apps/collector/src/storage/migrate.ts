import { fileURLToPath } from "node:url";
import { drizzle, migrate } from "./drizzle.ts";
import { toStorageError } from "./errors.ts";
import { type DatabaseAddress, openClient } from "./pool.ts";

/** Held by the one replica that migrates; any constant will do. */
const MIGRATION_LOCK = 7_263_845_190;

/** Longer than any migration of an empty database takes, which is what replicas that start together wait for. */
const LOCK_TIMEOUT_MS = 10_000;

const migrationsFolder = fileURLToPath(new URL("./migrations", import.meta.url));

/**
 * Brings the tables up to date. Replicas that start together wait for one another.
 *
 * @param lockTimeoutMs how long it waits for a lock that somebody else holds
 * @throws {StorageUnavailableError} when the database is out, or somebody holds a lock for longer
 */
export async function migrateDatabase(address: DatabaseAddress, lockTimeoutMs = LOCK_TIMEOUT_MS): Promise<void> {
  const sql = openClient(address, {
    max: 1,
    connect_timeout: 2,
    fetch_types: false,
    onnotice: () => {},
    connection: { application_name: "collector migrate", lock_timeout: lockTimeoutMs },
  });
  try {
    // A lock of the session: it goes with the connection, whatever becomes of this process.
    await sql`SELECT pg_advisory_lock(${MIGRATION_LOCK}::bigint)`;
    await migrate(drizzle(sql), { migrationsFolder });
    await sql`SELECT pg_advisory_unlock(${MIGRATION_LOCK}::bigint)`;
  } catch (error) {
    throw toStorageError(error);
  } finally {
    await sql.end({ timeout: 1 });
  }
}
