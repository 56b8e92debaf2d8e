import { readdirSync, readFileSync } from "node:fs";
import { extname, join, relative, sep } from "node:path";

export interface SourceFile {
  /** from the root of the repository, with forward slashes */
  readonly path: string;
  readonly text: string;
}

const FOLDERS = ["packages", "apps", "tooling", "e2e", "bench"];
const ENDINGS = new Set([".ts", ".tsx", ".mts", ".js", ".mjs", ".css", ".sql"]);
const LEFT_OUT = new Set(["node_modules", "dist", "coverage", "snapshots"]);

/** Every source file of the workspace that a person wrote. */
export function sourceFiles(root: string): SourceFile[] {
  return FOLDERS.flatMap((folder) => walk(join(root, folder))).map((file) => ({
    path: relative(root, file).split(sep).join("/"),
    text: readFileSync(file, "utf8"),
  }));
}

function walk(folder: string): string[] {
  return entriesOf(folder).flatMap((entry) => {
    if (entry.name.startsWith(".") || LEFT_OUT.has(entry.name)) return [];
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return walk(path);
    return entry.isFile() && ENDINGS.has(extname(entry.name)) ? [path] : [];
  });
}

function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch {
    return [];
  }
}

/** The text without its comments, so that a rule does not trip over prose. Strings stay. */
export function withoutComments(text: string): string {
  return text
    .replace(/\/\*[\s\S]*?\*\//g, (comment) => comment.replace(/[^\n]/g, " "))
    .replace(/(^|[\s;{}(),])\/\/.*$/gm, "$1");
}
