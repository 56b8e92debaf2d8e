import { readFileSync } from "node:fs";
import { join } from "node:path";

export const REPOSITORY_FOLDER = join(import.meta.dirname, "..", "..", "..");

/** Text of a file of the repository. */
export function readText(...path: string[]): string {
  return readFileSync(join(REPOSITORY_FOLDER, ...path), "utf8");
}
