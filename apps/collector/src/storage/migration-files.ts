import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const MIGRATIONS_FOLDER = fileURLToPath(new URL("./migrations", import.meta.url));

export interface Migration {
  /** Name of its file without `.sql`, such as `0001_events_and_deliveries`. */
  readonly tag: string;
  /** Unix milliseconds of its making; identifies it in the database. */
  readonly when: number;
  /** SHA-256 of its file, hex. */
  readonly hash: string;
  readonly text: string;
}

interface Journal {
  readonly entries: readonly { readonly tag: string; readonly when: number }[];
}

/** Migrations of a folder as drizzle-kit lays it out, oldest first. */
export function readMigrations(folder: string): Migration[] {
  const journal = JSON.parse(readFileSync(join(folder, "meta", "_journal.json"), "utf8")) as Journal;
  return journal.entries.map(({ tag, when }) => {
    const text = readFileSync(join(folder, `${tag}.sql`), "utf8");
    return { tag, when, hash: createHash("sha256").update(text).digest("hex"), text };
  });
}
