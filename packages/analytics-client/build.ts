/**
 * Builds dist/: one ESM and one CommonJS file per entry with the schema's constants inlined, and one self-contained type
 * file for each, so that whoever installs the package gets no other package and no path into this repository.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";
import { minifySync } from "rolldown/utils";
import { minify } from "terser";

process.chdir(fileURLToPath(new URL(".", import.meta.url)));

/** Public entries, and the source files whose declarations make up their types, in reading order. */
const ENTRIES: Readonly<Record<string, readonly string[]>> = {
  index: ["types", "analytics", "default-analytics", "instrument/note-error", "instrument/instrument"],
  testing: ["types", "testing"],
};

/**
 * Properties that get short names: only of objects that are made and read inside one bundle. Nothing that the host, the
 * wire or another copy of this package (`Sink`) sees may stand here.
 */
const INTERNAL_PROPERTIES =
  "after apiKey body bucket capacity clock complete credentials endedAt flushWaitMs keyRefused learn low missing mistimed names noted onBusy onKeyRefused openTransport refillMs refused remaining reported retryAt run send signingSecret spend stored taken taskRequested threw url waitMs watched";

/** What will stand in dist/, by file name. */
const files = new Map<string, string>();
for (const name of Object.keys(ENTRIES)) {
  await bundle(name, "esm", `${name}.js`);
  await bundle(name, "cjs", `${name}.cjs`);
}
await bundle("bin", "esm", "bin.js");
const types = mkdtempSync(join(tmpdir(), "mcp-analytics-client-types-"));
execFileSync("tsc", ["-p", "tsconfig.build.json", "--outDir", types], { stdio: "inherit" });
for (const [name, sources] of Object.entries(ENTRIES)) joinTypes(name, sources);
rmSync(types, { recursive: true });
replaceDist();

async function bundle(name: string, format: "esm" | "cjs", file: string): Promise<void> {
  const build = await rolldown({ input: `src/${name}.ts`, platform: "node", transform: { target: "node20" } });
  const { output } = await build.generate({ format, codeSplitting: false, generatedCode: { symbols: false } });
  await build.close();
  const isModule = format === "esm";
  const shortened = minifySync(file, output[0].code, {
    module: isModule,
    compress: { target: "es2022" },
    mangle: false,
    mangleProps: { include: new RegExp(`^(${INTERNAL_PROPERTIES.replaceAll(" ", "|")})$`) },
  });
  const minified = await minify(shortened.code, {
    module: isModule,
    toplevel: true,
    compress: {
      passes: 5,
      ecma: 2020,
      unsafe_arrows: true,
      inline: 1,
      hoist_funs: true,
      pure_getters: true,
      unsafe: true,
    },
  });
  files.set(file, `${minified.code}\n`);
}

/** Puts the declarations of several files into one; what is not exported publicly is marked `@internal` and left out by tsc. */
function joinTypes(name: string, sources: readonly string[]): void {
  const text = sources.map((source) => readFileSync(join(types, `${source}.d.ts`), "utf8")).join("\n");
  const joined = text.replace(/^(import|export) [^;]*? from "[^"]*";\n/gm, "").replace(/^export \{\};\n/gm, "");
  files.set(`${name}.d.ts`, joined);
  files.set(`${name}.d.cts`, joined);
}

/** File by file and each at once, so that whoever uses dist/ meanwhile always finds it whole. */
function replaceDist(): void {
  mkdirSync("dist", { recursive: true });
  for (const [name, text] of files) {
    const fresh = `dist/.${name}.${process.pid}`;
    writeFileSync(fresh, text, { mode: name === "bin.js" ? 0o755 : 0o644 });
    renameSync(fresh, `dist/${name}`);
  }
  for (const name of readdirSync("dist")) {
    // A name with a dot in front belongs to another build that is under way.
    if (!files.has(name) && !name.startsWith(".")) rmSync(`dist/${name}`, { recursive: true });
  }
}
