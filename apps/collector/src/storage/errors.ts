/** The database is out or cannot store now. Nothing is known to be stored; the same request may be sent again. */
export class StorageUnavailableError extends Error {
  /** SQLSTATE or code of the connection, such as `57P01` or `ECONNREFUSED`. */
  readonly code: string;
  constructor(code: string) {
    super(`storage unavailable (${code})`);
    this.name = "StorageUnavailableError";
    this.code = code;
  }
}

/** More is waiting to be stored than may wait. Nothing is stored. */
export class OverloadedError extends Error {
  constructor() {
    super("too many events are waiting to be stored");
    this.name = "OverloadedError";
  }
}

/**
 * Any other refusal of the database. Carries names of the schema only: messages and details of PostgreSQL, and the
 * parameters that drizzle puts into its messages, quote values, and values belong in no log.
 */
export class StorageFaultError extends Error {
  /** SQLSTATE, or the name of the error where there is none. */
  readonly code: string;
  readonly constraint: string | undefined;
  constructor(code: string, constraint?: string) {
    super(`database refused a statement (${code}${constraint === undefined ? "" : `, ${constraint}`})`);
    this.name = "StorageFaultError";
    this.code = code;
    this.constraint = constraint;
  }
}

/** A migration that cannot be applied. The message is one line for people and quotes nothing but the migration's name. */
export class MigrationError extends Error {
  /** SQLSTATE, `OUT_OF_ORDER`, or `UNKNOWN`. */
  readonly code: string;
  /** Name of its file without `.sql`. */
  readonly migration: string;
  constructor(migration: string, code: string) {
    super(
      code === "OUT_OF_ORDER"
        ? `Migration ${migration} was not applied: this database has a newer one already. Run the version of the collector that this database was used with last, or a later release`
        : `Migration ${migration} failed (${code}) and changed nothing: the database log names the statement. Undo what was changed in the tables by hand, or restore a backup, then start again`,
    );
    this.name = "MigrationError";
    this.code = code;
    this.migration = migration;
  }
}

/** The database was used with another master secret. The message is one line for people. */
export class MasterSecretError extends Error {
  readonly code = "MASTER_SECRET";
  constructor() {
    super(
      "MASTER_SECRET is not the one that this database was used with, so signatures of its keys would be rejected: set the former one, or list it in MASTER_SECRET_PREVIOUS",
    );
    this.name = "MasterSecretError";
  }
}

/**
 * SQLSTATE classes and codes that pass: connection (08), resources (53), operator (57), system (58), read-only (25006),
 * lock timeout, deadlock and serialisation, no such database, sign-in refused, tables or columns not there before a migration.
 */
const UNAVAILABLE_SQLSTATE = /^(08...|53...|57...|58...|25006|25P03|55P03|40001|40P01|3D000|28...|42P01|42703|3F000)$/;
const UNAVAILABLE_CONNECTION = new Set([
  "CONNECTION_CLOSED",
  "CONNECTION_ENDED",
  "CONNECTION_DESTROYED",
  "CONNECT_TIMEOUT",
  "ECONNREFUSED",
  "ECONNRESET",
  "ENOENT",
  "EACCES",
  "EPIPE",
  "ETIMEDOUT",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOTFOUND",
  "EAI_AGAIN",
]);

/** Turns whatever a driver throws into one of the errors above; these themselves pass through. */
export function toStorageError(error: unknown): Error {
  if (isOwn(error)) return error;
  const source = driverError(error);
  const code = source.code ?? source.name;
  if (UNAVAILABLE_CONNECTION.has(code) || UNAVAILABLE_SQLSTATE.test(code)) return new StorageUnavailableError(code);
  return new StorageFaultError(code, source.constraint_name);
}

/**
 * Whether a connection is of no use after this error: it is lost, the server is ending it (57P0x, 25P03, 08), or a statement
 * may still run on it.
 */
export function endsConnection(error: Error): boolean {
  if (!(error instanceof StorageUnavailableError)) return false;
  return sqlState(error) === undefined || /^(08|57P|25P03)/.test(error.code);
}

/** SQLSTATE of an error of any layer, undefined where it has none. */
export function sqlState(error: unknown): string | undefined {
  const { code } = isOwn(error) ? (error as { code?: string }) : driverError(error);
  // EPIPE looks like one, and no SQLSTATE is without a digit.
  return code !== undefined && /^(?=.*\d)[0-9A-Z]{5}$/.test(code) ? code : undefined;
}

const OWN_ERRORS = [
  StorageUnavailableError,
  OverloadedError,
  StorageFaultError,
  MigrationError,
  MasterSecretError,
] as const;

function isOwn(error: unknown): error is InstanceType<(typeof OWN_ERRORS)[number]> {
  return OWN_ERRORS.some((type) => error instanceof type);
}

interface DriverError {
  readonly name: string;
  readonly code?: string;
  readonly constraint_name?: string;
}

/** drizzle wraps the driver's error as its cause; a refused connection to several addresses is an AggregateError. */
function driverError(error: unknown): DriverError {
  let current = error as Error & { code?: string; errors?: unknown[] };
  while (current?.code === undefined && current?.cause !== undefined) current = current.cause as typeof current;
  if (current?.code === undefined && Array.isArray(current?.errors)) current = current.errors[0] as typeof current;
  return current instanceof Error ? current : { name: "Error" };
}
