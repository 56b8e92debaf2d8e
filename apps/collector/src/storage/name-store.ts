import type { Pool } from "./pool.ts";

/** Dictionary tables: one small id per name and project. */
export type NameTable = "tools" | "error_types";

/** Id of `__other__` in every project, clear of the ids that are counted up. */
export const OTHER_NAME_ID = 32_767;

export interface NameStore {
  /** Every name of a project. */
  load(projectId: number): Promise<ReadonlyMap<string, number>>;
  /** Gives each new name the next free id as long as ids up to `cap` last; names beyond are left out. */
  learn(projectId: number, names: readonly string[], cap: number): Promise<void>;
  /** Writes the row of `__other__`. */
  addOther(projectId: number, name: string): Promise<void>;
}

/** Names come from the grammar of the wire, so they need quotes in an array literal (NULL is a name) and no escapes. */
const QUOTABLE = /^[A-Za-z0-9_./-]{1,50}$/;

export function createNameStore(pool: Pool, table: NameTable): NameStore {
  const learnStatement = `
    INSERT INTO ${table} (project_id, id, name)
    SELECT $1::int, n.id, n.name
    FROM (
      SELECT u.name, row_number() OVER (ORDER BY u.name)
        + (SELECT coalesce(max(t.id), 0) FROM ${table} t WHERE t.project_id = $1::int AND t.id < ${OTHER_NAME_ID}) AS id
      FROM unnest($2::text::text[]) AS u(name)
      WHERE NOT EXISTS (SELECT FROM ${table} t WHERE t.project_id = $1::int AND t.name = u.name)
    ) n
    WHERE n.id <= $3::int
    ON CONFLICT DO NOTHING`;

  return {
    async load(projectId) {
      const rows = await pool.run(({ sql }) =>
        sql.unsafe<{ id: number; name: string }[]>(`SELECT id, name FROM ${table} WHERE project_id = $1`, [projectId]),
      );
      return new Map(rows.map(({ id, name }) => [name, id]));
    },

    async learn(projectId, names, cap) {
      const literal = `{${names.map(quote).join(",")}}`;
      await pool.run(({ sql }) => sql.unsafe(learnStatement, [projectId, literal, cap]));
    },

    async addOther(projectId, name) {
      await pool.run(({ sql }) =>
        sql.unsafe(
          `INSERT INTO ${table} (project_id, id, name) VALUES ($1, ${OTHER_NAME_ID}, $2) ON CONFLICT DO NOTHING`,
          [projectId, name],
        ),
      );
    },
  };
}

function quote(name: string): string {
  if (!QUOTABLE.test(name)) throw new TypeError("a name outside the grammar reached the dictionary");
  return `"${name}"`;
}
