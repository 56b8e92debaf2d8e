import { createDatabase } from "@org/services";
import pg from "pg";

export interface BenchDatabase {
  readonly url: string;
  query(statement: string, values?: readonly unknown[]): Promise<readonly Record<string, unknown>[]>;
  /** rows of a table */
  count(table: string): Promise<number>;
  /** Ends the connection and deletes the database. */
  close(): Promise<void>;
}

/** A new, empty database with one connection of the benchmark's own. */
export async function openBenchDatabase(databaseUrl: string): Promise<BenchDatabase> {
  const database = await createDatabase(databaseUrl);
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  const query: BenchDatabase["query"] = async (statement, values) =>
    (values === undefined ? await client.query(statement) : await client.query(statement, [...values])).rows;
  return {
    url: database.url,
    query,
    count: async (table) => Number((await query(`select count(*) as rows from ${table}`))[0]?.rows),
    close: async () => {
      await client.end();
      await database.drop();
    },
  };
}
