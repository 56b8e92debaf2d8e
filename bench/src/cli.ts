import { existsSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** `pnpm bench <suite> [--json] [options]`: a suite is a file beside this one that exports `run(args)`. */
interface Suite {
  run(args: readonly string[]): Promise<void>;
}

const here = fileURLToPath(new URL(".", import.meta.url));
const suites = readdirSync(here)
  .filter((name) => name.endsWith(".ts") && name !== "cli.ts")
  .map((name) => name.slice(0, -".ts".length));
const usage = `Usage: pnpm bench <suite> [--json]\nSuites: ${suites.join(", ")}\n`;

const [suite = "", ...args] = process.argv.slice(2).filter((argument) => argument !== "--");
if (suite === "" || suite === "--help" || suite === "-h") {
  process.stdout.write(usage);
  process.exit(suite === "" ? 1 : 0);
}
if (!suites.includes(suite) || !existsSync(`${here}${suite}.ts`)) {
  process.stderr.write(`There is no suite "${suite}".\n${usage}`);
  process.exit(1);
}
const { run } = (await import(new URL(`./${suite}.ts`, import.meta.url).href)) as Suite;
await run(args);
