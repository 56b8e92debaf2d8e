import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { importableModules, importEffects } from "../src/import-effects.ts";
import { RULES } from "../src/rules.ts";
import { sourceFiles } from "../src/source-files.ts";
import { PLANTED } from "./violations.ts";

const repository = fileURLToPath(new URL("../../../", import.meta.url));
const PACKAGES = [
  "packages/schema",
  "packages/analytics-client",
  "apps/collector",
  "apps/weather-mcp",
  "apps/dashboard",
];

let root: string;
const reported = new Map<string, Set<string>>();

function report(path: string, rule: string): void {
  reported.set(path, (reported.get(path) ?? new Set()).add(rule));
}

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "mcp-analytics-boundaries-"));
  for (const file of ["biome.json", "package.json", ...PACKAGES.map((folder) => `${folder}/package.json`)]) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    cpSync(join(repository, file), join(root, file));
  }
  for (const { path, text } of PLANTED) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  const biome = spawnSync(
    process.execPath,
    [
      join(repository, "node_modules/@biomejs/biome/bin/biome"),
      ...["check", "--vcs-enabled=false", "--max-diagnostics=none", "--reporter=json", "packages", "apps"],
    ],
    { cwd: root, encoding: "utf8", maxBuffer: 64 * 1024 * 1024 },
  );
  expect(biome.status, biome.stderr).toBe(1);
  for (const { category, severity, location } of JSON.parse(biome.stdout).diagnostics)
    if (severity === "error") report(location.path, category);

  const files = sourceFiles(root);
  for (const file of files) for (const rule of RULES) for (const found of rule(file)) report(file.path, found.rule);
  const effectCases = PLANTED.filter(({ text }) => !text.includes("import { thing }")).map(({ path }) => path);
  const modules = importableModules(files).filter((path) => effectCases.includes(path));
  for (const found of await importEffects(root, modules)) report(found.path, found.rule);
}, 120_000);

afterAll(() => rmSync(root, { recursive: true, force: true }));

describe("a file that breaks a boundary fails the check", () => {
  test.each(PLANTED.filter(({ rules }) => rules.length > 0))("$path: $rules", ({ path, rules }) => {
    expect([...(reported.get(path) ?? [])]).toEqual(expect.arrayContaining([...rules]));
  });
});

describe("a file that keeps every boundary passes", () => {
  test.each(PLANTED.filter(({ rules }) => rules.length === 0))("$path", ({ path }) => {
    expect([...(reported.get(path) ?? [])]).toEqual([]);
  });
});

test("every boundary rule of the checker is broken by one planted file at least", () => {
  const planted = new Set(PLANTED.flatMap(({ rules }) => rules));
  for (const rule of ["file-size", "file-name", "process-use", "stdout-use", "import-scope", "import-effect"])
    expect(planted).toContain(rule);
});
