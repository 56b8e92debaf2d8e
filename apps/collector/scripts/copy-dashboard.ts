import { cpSync, existsSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** Puts the built dashboard beside the compiled collector, so that the package brings its own pages. */
const built = fileURLToPath(new URL("../../dashboard/dist/", import.meta.url));
const packaged = fileURLToPath(new URL("../dist/dashboard/", import.meta.url));

if (!existsSync(`${built}index.html`)) throw new Error("Build apps/dashboard first: it has no dist/index.html");
rmSync(packaged, { recursive: true, force: true });
cpSync(built, packaged, { recursive: true });
