import { dirname, join, normalize } from "node:path/posix";
import { type SourceFile, withoutComments } from "./source-files.ts";

export interface Violation {
  readonly path: string;
  readonly rule: string;
  readonly message: string;
}

export type Rule = (file: SourceFile) => Violation[];

export const MAX_LINES = 400;

/** Files that are the start of a process: they alone touch signals, exit and the lifetime of the process. */
export const ENTRY_POINTS: ReadonlySet<string> = new Set([
  "apps/collector/src/cli.ts",
  "apps/collector/src/serve.ts",
  "apps/weather-mcp/src/cli.ts",
  "packages/analytics-client/src/bin.ts",
  "packages/analytics-client/src/cli.ts",
]);

/** The library's own hook on the end of its host process: the one place outside entry points, and it keeps signals' meaning. */
export const EXIT_HOOKS: ReadonlySet<string> = new Set(["packages/analytics-client/src/exit-hooks.ts"]);

/** Entry points of processes, and of worker threads, where `process.exit` ends the thread alone. */
export const isEntryPoint = (path: string): boolean => ENTRY_POINTS.has(path) || /[/-]worker\.ts$/.test(path);

const inProduct = (path: string) => /^(packages|apps)\/[^/]+\/src\//.test(path);
const workspaceFolder = (path: string) =>
  /^((?:packages|apps|tooling)\/[^/]+|e2e|bench)\//.exec(`${path}/`)?.[1] ?? undefined;

export const fileSize: Rule = ({ path, text }) => {
  const lines = text.split("\n").length - (text.endsWith("\n") ? 1 : 0);
  return lines <= MAX_LINES ? [] : [{ path, rule: "file-size", message: `${lines} lines; the limit is ${MAX_LINES}` }];
};

export const fileName: Rule = ({ path }) => {
  const violations: Violation[] = [];
  const name = path.split("/").at(-1) ?? path;
  if (!/^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+)+$/.test(name.replace(/^\d{4}_/, "").replaceAll("_", "-")))
    violations.push({ path, rule: "file-name", message: "file names are kebab-case" });
  if (/(^|[-/])(utils?|helpers?|common|misc|managers?)([-./]|$)/i.test(path))
    violations.push({ path, rule: "file-name", message: "name the file for what it does" });
  return violations;
};

export const processUse: Rule = ({ path, text }) => {
  if (!inProduct(path) || isEntryPoint(path) || EXIT_HOOKS.has(path)) return [];
  // Signal 0 ends nothing: it asks whether a process is there.
  const used = withoutComments(text).match(
    /\bprocess\s*\.\s*(on|once|addListener|prependListener|exit|exitCode|reallyExit|abort|chdir|kill(?!\([^()]*,\s*0\)))\b/g,
  );
  return (used ?? []).map((call) => ({
    path,
    rule: "process-use",
    message: `${call.replace(/\s/g, "")} belongs to an entry point`,
  }));
};

/** stdout of an MCP server carries protocol frames only. */
export const stdoutUse: Rule = ({ path, text }) => {
  const guarded = /^(apps\/weather-mcp|packages\/analytics-client)\/src\//.test(path);
  if (!guarded || isEntryPoint(path) || /\/src\/cli\//.test(path)) return [];
  return /\bprocess\s*\.\s*stdout\b/.test(withoutComments(text))
    ? [{ path, rule: "stdout-use", message: "nothing but MCP frames on stdout" }]
    : [];
};

const IMPORT = /\b(?:from|import|import\s*\(|new\s+URL\s*\()\s*["'](\.{1,2}\/[^"']+)["']/g;

/** A relative path never leaves its package: other packages are reached by name, where the linter sees it. */
export const importScope: Rule = ({ path, text }) => {
  const own = workspaceFolder(path);
  if (own === undefined || !inProduct(path)) return [];
  return [...withoutComments(text).matchAll(IMPORT)].flatMap(([, specifier = ""]) => {
    const target = normalize(join(dirname(path), specifier));
    if (target === own || target.startsWith(`${own}/`)) return [];
    return [{ path, rule: "import-scope", message: `${specifier} leaves ${own}` }];
  });
};

export const RULES: readonly Rule[] = [fileSize, fileName, processUse, stdoutUse, importScope];
