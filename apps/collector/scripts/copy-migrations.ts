import { cpSync, rmSync } from "node:fs";

/** The migrations are SQL files that tsc leaves behind. */
const from = new URL("../src/storage/migrations", import.meta.url);
const to = new URL("../dist/storage/migrations", import.meta.url);
rmSync(to, { recursive: true, force: true });
cpSync(from, to, { recursive: true });
