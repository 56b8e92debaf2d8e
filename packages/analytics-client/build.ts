/**
 * Builds dist/: one ESM and one CommonJS file per entry with the schema's constants inlined, and one self-contained type
 * file for each, so that whoever installs the package gets no other package and no path into this repository.
 */
import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
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
  "after apiKey bucket capacity clock complete credentials endedAt flushWaitMs keyRefused learn low missing mistimed names noted onBusy onKeyRefused openTransport refillMs refused remaining retryAt run signingSecret spend stored taskRequested threw waitMs watched";

rmSync("dist", { recursive: true, force: true });
mkdirSync("dist");
for (const name of Object.keys(ENTRIES)) {
  await bundle(name, "esm", `dist/${name}.js`);
  await bundle(name, "cjs", `dist/${name}.cjs`);
}
await bundle("bin", "esm", "dist/bin.js");
chmodSync("dist/bin.js", 0o755);
execFileSync("tsc", ["-p", "tsconfig.build.json"], { stdio: "inherit" });
for (const [name, sources] of Object.entries(ENTRIES)) writeTypes(name, sources);
rmSync("dist/types", { recursive: true });

async function bundle(name: string, format: "esm" | "cjs", file: string): Promise<void> {
  const build = await rolldown({ input: `src/${name}.ts`, platform: "node", transform: { target: "node20" } });
  const { output } = await build.generate({ format, codeSplitting: false });
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
    compress: { passes: 3, ecma: 2020, unsafe_arrows: true, inline: 1 },
  });
  writeFileSync(file, `${minified.code}\n`);
}

/** Puts the declarations of several files into one; what is not exported publicly is marked `@internal` and left out by tsc. */
function writeTypes(name: string, sources: readonly string[]): void {
  const text = sources.map((source) => readFileSync(`dist/types/${source}.d.ts`, "utf8")).join("\n");
  const joined = text.replace(/^(import|export) [^;]*? from "[^"]*";\n/gm, "").replace(/^export \{\};\n/gm, "");
  writeFileSync(`dist/${name}.d.ts`, joined);
  writeFileSync(`dist/${name}.d.cts`, joined);
}
