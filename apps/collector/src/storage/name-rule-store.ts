import { createNameStore, type NameTable, OTHER_NAME_ID, type StoredName } from "./name-store.ts";
import type { Pool } from "./pool.ts";

/** How long a change is looked for: longer than a running collector takes between two looks. */
export const CHANGED_WITHIN_MS = 3 * 60_000;

/** What operators decide about the names of a project. */
export interface NameRuleStore {
  /** Declares names unless more than `cap` of the project would be declared then; whether it did. */
  declare(projectId: number, table: NameTable, names: readonly string[], cap: number): Promise<boolean>;
  /** Lets in names that are not declared, or stops doing so. */
  setLearning(projectId: number, learns: boolean): Promise<void>;
  isLearning(projectId: number): Promise<boolean>;
  /** By name, without `__other__`. */
  list(projectId: number, table: NameTable): Promise<StoredName[]>;
  /** Projects whose rules have changed a short while ago. */
  recentlyChanged(): Promise<number[]>;
}

export function createNameRuleStore(pool: Pool): NameRuleStore {
  const noteChange = (projectId: number) =>
    pool.run(({ sql }) => sql`UPDATE projects SET names_changed_at = now() WHERE id = ${projectId}::int`);

  const list = (projectId: number, table: NameTable) =>
    pool.run(async ({ sql }) => {
      const rows = await sql<StoredName[]>`
        SELECT id, name, state FROM ${sql(table)}
        WHERE project_id = ${projectId}::int AND id <> ${OTHER_NAME_ID}::int ORDER BY name`;
      return rows.map((row) => ({ ...row }));
    });

  return {
    list,

    async declare(projectId, table, names, cap) {
      const declared = (await list(projectId, table)).filter(({ state }) => state === "declared");
      if (new Set([...declared.map(({ name }) => name), ...names]).size > cap) return false;
      // Told before and after, so that an end in between leaves no collector with what it knew.
      await noteChange(projectId);
      await createNameStore(pool, table).declare(projectId, names);
      await noteChange(projectId);
      return true;
    },

    async setLearning(projectId, learns) {
      await pool.run(
        ({ sql }) => sql`
          UPDATE projects SET learns_names = ${learns}, names_changed_at = now() WHERE id = ${projectId}::int`,
      );
    },

    async isLearning(projectId) {
      const [row] = await pool.run(
        ({ sql }) => sql<{ learns: boolean }[]>`
          SELECT learns_names AS learns FROM projects WHERE id = ${projectId}::int`,
      );
      return row?.learns ?? true;
    },

    async recentlyChanged() {
      const rows = await pool.run(
        ({ sql }) =>
          sql<{ id: number }[]>`
          SELECT id FROM projects WHERE names_changed_at > now() - ${CHANGED_WITHIN_MS}::int * interval '1 millisecond'`,
      );
      return rows.map(({ id }) => id);
    },
  };
}
