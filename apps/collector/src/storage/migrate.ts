import { Client, type DatabaseAddress } from "./client.ts";
import { MigrationError, sqlState, toStorageError } from "./errors.ts";
import { MIGRATIONS_FOLDER, type Migration, readMigrations } from "./migration-files.ts";

/** Held by the one replica that migrates; any constant will do. */
const MIGRATION_LOCK = 7_263_845_190;

/** Longer than any migration of an empty database takes, which is what replicas that start together wait for. */
const LOCK_TIMEOUT_MS = 10_000;

/** The journal of drizzle, in which earlier versions of the collector have noted their migrations. */
const JOURNAL = "drizzle.__drizzle_migrations";
const CREATE_JOURNAL = `
  CREATE SCHEMA IF NOT EXISTS drizzle;
  CREATE TABLE IF NOT EXISTS ${JOURNAL} (id SERIAL PRIMARY KEY, hash text NOT NULL, created_at bigint)`;

/** A migration that failed with one of these is at fault itself; they mean an outage only outside of migrations. */
const MISSING_OBJECT = /^(42P01|42703|3F000)$/;

export interface MigrateOptions {
  /** How long it waits for a lock that another session holds; defaults to 10 s. */
  readonly lockTimeoutMs?: number;
  /** Defaults to the migrations of this package. */
  readonly folder?: string;
}

/**
 * Brings the tables up to date. Replicas that start together wait for one another.
 *
 * @throws {StorageUnavailableError} when the database is out, or another session holds a lock for longer
 * @throws {MigrationError} when a migration fails, or is older than one that was applied before it
 */
export async function migrateDatabase(address: DatabaseAddress, options: MigrateOptions = {}): Promise<void> {
  const { lockTimeoutMs = LOCK_TIMEOUT_MS, folder = MIGRATIONS_FOLDER } = options;
  const migrations = readMigrations(folder);
  const client = new Client(address, {
    connection: { application_name: "collector migrate", lock_timeout: lockTimeoutMs },
  });
  try {
    await client.open();
    await client.use(migrate(client, migrations));
  } catch (error) {
    throw toStorageError(error);
  } finally {
    await client.end(1_000);
  }
}

async function migrate({ sql }: Client, migrations: readonly Migration[]): Promise<void> {
  // A lock of the session: it goes with the connection, whatever becomes of this process.
  await sql`SELECT pg_advisory_lock(${MIGRATION_LOCK}::bigint)`;
  await sql.unsafe(CREATE_JOURNAL);
  const rows = await sql.unsafe<{ when: number }[]>(`SELECT created_at::float8 AS "when" FROM ${JOURNAL}`);
  for (const migration of pendingMigrations(migrations, new Set(rows.map(({ when }) => when)))) {
    try {
      await sql.unsafe(statementsOf(migration));
    } catch (error) {
      throw migrationFault(migration, error);
    }
  }
  await sql`SELECT pg_advisory_unlock(${MIGRATION_LOCK}::bigint)`;
}

/** @throws {MigrationError} for one that is older than one of the applied: it may not fit the tables any more */
function pendingMigrations(migrations: readonly Migration[], applied: ReadonlySet<number>): Migration[] {
  const pending = migrations.filter(({ when }) => !applied.has(when));
  const newest = Math.max(...applied);
  const late = pending.find(({ when }) => when < newest);
  if (late !== undefined) throw new MigrationError(late.tag, "OUT_OF_ORDER");
  return pending;
}

/**
 * One message of the simple protocol is one transaction: PostgreSQL commits all of it or rolls it back by itself. See
 * `trialRun` for why postgres.js must open none.
 */
const statementsOf = ({ text, hash, when }: Migration): string =>
  `${text}\n;\nINSERT INTO ${JOURNAL} (hash, created_at) VALUES ('${hash}', ${when})`;

/** An outage keeps its error and is retried soon; any other failure names the migration. */
function migrationFault({ tag }: Migration, error: unknown): Error {
  const fault = toStorageError(error);
  const state = sqlState(fault);
  if (fault.name === "StorageUnavailableError" && (state === undefined || !MISSING_OBJECT.test(state))) return fault;
  return new MigrationError(tag, state ?? "UNKNOWN");
}
