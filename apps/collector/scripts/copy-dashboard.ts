import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, gzipSync } from "node:zlib";

/**
 * Puts the built dashboard beside the compiled collector, so that the package brings its own pages, and beside each text
 * file its compressed forms, so that none is compressed while it is served.
 */
const built = fileURLToPath(new URL("../../dashboard/dist/", import.meta.url));
const packaged = fileURLToPath(new URL("../dist/dashboard/", import.meta.url));

if (!existsSync(`${built}index.html`)) throw new Error("Build apps/dashboard first: it has no dist/index.html");
rmSync(packaged, { recursive: true, force: true });
cpSync(built, packaged, { recursive: true });
for (const path of readdirSync(packaged, { recursive: true, encoding: "utf8" })) {
  if (!/\.(css|html|js|svg)$/.test(path)) continue;
  const bytes = readFileSync(`${packaged}${path}`);
  writeFileSync(`${packaged}${path}.br`, brotliCompressSync(bytes));
  writeFileSync(`${packaged}${path}.gz`, gzipSync(bytes, { level: 9 }));
}
