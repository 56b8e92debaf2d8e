/**
 * Builds dist/: one ESM and one CommonJS file per entry with the schema's constants inlined, and one self-contained type
 * file for each, so that whoever installs the package gets no other package and no path into this repository.
 */
import { execFileSync } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";

const packageFolder = fileURLToPath(new URL(".", import.meta.url));
process.chdir(packageFolder);

/** Public entries, and the source files whose declarations make up their types, in reading order. */
const ENTRIES = {
  index: ["types", "analytics", "default-analytics", "instrument/note-error", "instrument/instrument"],
} as const;

rmSync("dist", { recursive: true, force: true });
for (const name of Object.keys(ENTRIES)) await bundle(name);
execFileSync("tsc", ["-p", "tsconfig.build.json"], { stdio: "inherit" });
for (const [name, sources] of Object.entries(ENTRIES)) writeTypes(name, sources);
rmSync("dist/types", { recursive: true });

async function bundle(name: string): Promise<void> {
  const build = await rolldown({ input: `src/${name}.ts`, platform: "node", transform: { target: "node20" } });
  const common = { minify: true, codeSplitting: false } as const;
  await build.write({ ...common, file: `dist/${name}.js`, format: "esm" });
  await build.write({ ...common, file: `dist/${name}.cjs`, format: "cjs" });
  await build.close();
}

/** Puts the declarations of several files into one; what is not exported publicly is marked `@internal` and left out by tsc. */
function writeTypes(name: string, sources: readonly string[]): void {
  const text = sources.map((source) => readFileSync(`dist/types/${source}.d.ts`, "utf8")).join("\n");
  const joined = text.replace(/^(import|export) [^;]*? from "[^"]*";\n/gm, "").replace(/^export \{\};\n/gm, "");
  writeFileSync(`dist/${name}.d.ts`, joined);
  writeFileSync(`dist/${name}.d.cts`, joined);
}
