import { StorageFaultError } from "./errors.ts";
import type { Pool } from "./pool.ts";

/** Dictionary tables: one small id per name and project. */
export type NameTable = "tools" | "error_types";
export type NameState = "learned" | "declared" | "quarantined";

/** Id of `__other__` in every project, clear of the ids that are counted up. */
export const OTHER_NAME_ID = 32_767;

export interface StoredName {
  /** Counted up from 1 without reuse, so the highest says how many there are. */
  readonly id: number;
  readonly name: string;
  readonly state: NameState;
}

/** The names of one project. */
export interface ProjectNames {
  readonly names: readonly StoredName[];
  /** Whether names that are not declared are let in. */
  readonly learns: boolean;
}

export interface NameStore {
  load(projectId: number): Promise<ProjectNames>;
  /** Gives each new name the next free id as long as ids up to `cap` last; names beyond are left out. */
  learn(projectId: number, names: readonly string[], cap: number): Promise<void>;
  /** Lets names in whatever is learned or full: new ones get ids beyond every cap. */
  declare(projectId: number, names: readonly string[]): Promise<void>;
  /** Writes the row of `__other__`. */
  addOther(projectId: number, name: string): Promise<void>;
}

/** Names come from the grammar of the wire, so they need quotes in an array literal (NULL is a name) and no escapes. */
const QUOTABLE = /^[A-Za-z0-9_./-]{1,50}$/;
/** Each try fails only where another replica has taken an id in between. */
const MAX_TRIES = 20;

export function createNameStore(pool: Pool, table: NameTable): NameStore {
  const addStatement = `
    INSERT INTO ${table} (project_id, id, name, state)
    SELECT $1::int, n.id, n.name, $4
    FROM (
      SELECT u.name, row_number() OVER (ORDER BY u.name)
        + (SELECT coalesce(max(t.id), 0) FROM ${table} t WHERE t.project_id = $1::int AND t.id < ${OTHER_NAME_ID}) AS id
      FROM unnest($2::text::text[]) AS u(name)
      WHERE NOT EXISTS (SELECT FROM ${table} t WHERE t.project_id = $1::int AND t.name = u.name)
    ) n
    WHERE n.id <= $3::int
    ON CONFLICT DO NOTHING`;
  // A project without names has one row here, with nothing but whether it learns.
  const loadStatement = `
    SELECT p.learns, t.id, t.name, t.state
    FROM (SELECT coalesce((SELECT learns_names FROM projects WHERE id = $1::int), true) AS learns) p
    LEFT JOIN ${table} t ON t.project_id = $1::int`;

  const add = (projectId: number, names: readonly string[], cap: number, state: NameState) =>
    pool.run(({ sql }) => sql.unsafe(addStatement, [projectId, arrayLiteral(names), cap, state]));

  return {
    async load(projectId) {
      const rows = await pool.run(({ sql }) => sql.unsafe<Row[]>(loadStatement, [projectId]));
      return { names: rows.filter(({ id }) => id !== null), learns: rows[0]?.learns ?? true };
    },

    async learn(projectId, names, cap) {
      await add(projectId, names, cap, "learned");
    },

    async declare(projectId, names) {
      for (let tries = 0; tries < MAX_TRIES; tries++) {
        await add(projectId, names, OTHER_NAME_ID - 1, "declared");
        const declared = await pool.run(({ sql }) =>
          sql.unsafe(
            `UPDATE ${table} SET state = 'declared' WHERE project_id = $1::int AND name = ANY($2::text::text[]) RETURNING id`,
            [projectId, arrayLiteral(names)],
          ),
        );
        if (declared.length === new Set(names).size) return;
      }
      throw new StorageFaultError("NAMES_CONTENDED");
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

interface Row extends StoredName {
  readonly learns: boolean;
}

const arrayLiteral = (names: readonly string[]) => `{${names.map(quote).join(",")}}`;

function quote(name: string): string {
  if (!QUOTABLE.test(name)) throw new TypeError("a name outside the grammar reached the dictionary");
  return `"${name}"`;
}
