import { createDatabase } from "@org/services";
import { migrateDatabase } from "../../src/storage/migrate.ts";
import { Pool } from "../../src/storage/pool.ts";

/** One call as it is put into the tables; `errorType` null on a failure means that it came without one. */
export interface StoredCall {
  readonly tool: string;
  readonly success: boolean;
  readonly errorType?: string | null;
  readonly atMs: number;
  readonly projectId?: number;
}

export interface UsageDatabase {
  readonly url: string;
  readonly pool: Pool;
  addProject(id: number, name: string): Promise<void>;
  addCalls(calls: readonly StoredCall[]): Promise<void>;
  close(): Promise<void>;
}

const literal = (values: readonly unknown[]) =>
  `{${values.map((value) => (value === null ? "NULL" : `"${value}"`)).join(",")}}`;

/** The real tables in a database of their own, with one partition for every time. */
export async function openUsageDatabase(serverUrl: string): Promise<UsageDatabase> {
  const database = await createDatabase(serverUrl);
  await migrateDatabase({ url: database.url });
  const timeouts = { statementTimeoutMs: 30_000, lockTimeoutMs: 5_000, deadlineMs: 60_000 };
  const pool = new Pool({ url: database.url }, { name: "test", maxConnections: 2, ...timeouts });
  await pool.run(
    ({ sql }) => sql`CREATE TABLE events_raw_all PARTITION OF events_raw FOR VALUES FROM (MINVALUE) TO (MAXVALUE)`,
  );

  async function idsOf(table: "tools" | "error_types", projectId: number, names: readonly string[]) {
    const wanted = literal([...new Set(names)]);
    const rows = await pool.run(
      ({ sql }) => sql<{ id: number; name: string }[]>`
        WITH added AS (
          INSERT INTO ${sql(table)} (project_id, id, name)
          SELECT ${projectId}::int, (SELECT coalesce(max(id), 0) FROM ${sql(table)} WHERE project_id = ${projectId}::int) + row_number() OVER (), name
          FROM unnest(${wanted}::text::text[]) AS wanted (name)
          WHERE name NOT IN (SELECT name FROM ${sql(table)} WHERE project_id = ${projectId}::int)
          RETURNING id, name
        )
        SELECT id, name FROM added UNION ALL SELECT id, name FROM ${sql(table)} WHERE project_id = ${projectId}::int`,
    );
    return new Map(rows.map(({ id, name }) => [name, id]));
  }

  async function addCallsOf(projectId: number, calls: readonly StoredCall[]): Promise<void> {
    const tools = await idsOf(
      "tools",
      projectId,
      calls.map(({ tool }) => tool),
    );
    const types = calls.flatMap(({ errorType }) => errorType ?? []);
    const errors = await idsOf("error_types", projectId, types);
    const errorIds = calls.map(({ success, errorType }) => (success ? 0 : (errors.get(errorType ?? "") ?? -1)));
    await pool.run(
      ({ sql }) => sql`
        INSERT INTO events_raw (project_id, key_id, occurred_at, stored_at, tool_id, error_id)
        SELECT ${projectId}::int, 1, at, at, tool_id, error_id
        FROM unnest(
          ${literal(calls.map(({ atMs }) => new Date(atMs).toISOString()))}::text::timestamptz[],
          ${literal(calls.map(({ tool }) => tools.get(tool)))}::text::int[],
          ${literal(errorIds)}::text::int[]
        ) AS call (at, tool_id, error_id)`,
    );
  }

  return {
    url: database.url,
    pool,
    async addProject(id, name) {
      await pool.run(({ sql }) => sql`INSERT INTO projects (id, name) VALUES (${id}, ${name})`);
    },
    async addCalls(calls) {
      for (const id of new Set(calls.map(({ projectId = 1 }) => projectId))) {
        const own = calls.filter(({ projectId = 1 }) => projectId === id);
        for (let from = 0; from < own.length; from += 5_000) await addCallsOf(id, own.slice(from, from + 5_000));
      }
    },
    async close() {
      await pool.close();
      await database.drop();
    },
  };
}
