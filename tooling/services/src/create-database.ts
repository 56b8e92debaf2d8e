import { randomBytes } from "node:crypto";
import postgres from "postgres";

export interface Database {
  /** URL of the new, empty database on the same server */
  readonly url: string;
  /** Ends its connections and deletes it; a second call does nothing. */
  drop(): Promise<void>;
}

/** Creates an empty database beside the one of `databaseUrl`, whose user needs the right to create databases. */
export async function createDatabase(databaseUrl: string): Promise<Database> {
  const name = `test_${randomBytes(8).toString("hex")}`;
  await run(databaseUrl, `create database ${name} template template0`);
  const url = new URL(databaseUrl);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => run(databaseUrl, `drop database if exists ${name} with (force)`) };
}

async function run(databaseUrl: string, statement: string): Promise<void> {
  const sql = postgres(databaseUrl, { max: 1, fetch_types: false, onnotice: () => {} });
  try {
    await sql.unsafe(statement);
  } finally {
    await sql.end({ timeout: 5 });
  }
}
