import { existsSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** `pnpm bench <suite> [--json] [options]`: a suite is a file beside this one that exports `run(args)`. */
interface Suite {
  run(args: readonly string[]): Promise<void>;
}

/** What each suite measures, in one line. */
const ABOUT: Readonly<Record<string, string>> = {
  client: "what analytics costs a server: bare, with the client, and with four alternatives",
  ingest: "the built collector beside bare Fastify and the naive guide server, under load",
  memory: "resident memory of one collector over a million events",
  profile: "where the collector spends its time under load: a CPU profile",
  storage: "bytes on disk for an event",
  weather: "weather-mcp: what its tools cost a model, how fast it starts and answers",
};

const here = fileURLToPath(new URL(".", import.meta.url));
const suites = readdirSync(here)
  .filter((name) => name.endsWith(".ts") && name !== "cli.ts")
  .map((name) => name.slice(0, -".ts".length));
const lines = suites.map((name) => `  ${name.padEnd(8)} ${ABOUT[name] ?? ""}`);
const usage = `Usage: pnpm bench <suite> [--json]\n\n${lines.join("\n")}\n\nThe options of one: pnpm bench <suite> --help\n`;

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
