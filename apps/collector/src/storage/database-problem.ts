import { MasterSecretError, MigrationError, toStorageError } from "./errors.ts";

const MEND = "check DATABASE_URL, and that it names a running PostgreSQL this user may use";

/**
 * One line for people that names why the database of DATABASE_URL cannot be used, and the mend. Nothing of the URL stands in it.
 *
 * @param error what a try to use it threw; undefined: it has not answered at all
 */
export function databaseProblem(error: unknown): string {
  if (error === undefined) return `The database does not answer (no answer in time): ${MEND}`;
  if (error instanceof MigrationError || error instanceof MasterSecretError) return error.message;
  const { code } = toStorageError(error) as { readonly code?: string };
  return `${problemOf(code ?? "unknown error")}: ${MEND}`;
}

function problemOf(code: string): string {
  if (code.startsWith("28")) return `The database refuses the user or the password (${code})`;
  switch (code) {
    case "ECONNREFUSED":
      return `The database does not answer (connection refused, ${code})`;
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return `The host of the database is not found (${code})`;
    case "3D000":
      return `The server has no database of this name (${code})`;
    case "42501":
      return `The database does not let this user make tables (${code})`;
    case "55P03":
      return `The tables are locked by somebody else, perhaps a collector that brings them up to date (${code})`;
    default:
      return `The database does not answer (${code})`;
  }
}
