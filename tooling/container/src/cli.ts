/** Process entry of `pnpm container`. */
import { randomBytes } from "node:crypto";
import { parseArgs } from "node:util";
import { checkWithDocker, findDockerEngine, removeRun } from "./check-with-docker.ts";
import { DEFAULT_CACHE_FOLDER } from "./podman/cache-folder.ts";
import { checkWithPodman } from "./podman/check-with-podman.ts";
import { podmanRefused } from "./podman/podman-refused.ts";
import { type CaseResult, progress, summarise } from "./report.ts";
import { skipAll } from "./run-scenarios.ts";

const HELP = `Usage: pnpm container [--json] [--runtime docker|podman] [--cache-dir <folder>]

Builds the collector's image and proves it: alone with its embedded database, and by compose with PostgreSQL and Redis.
Takes a Docker engine where one answers; else, on Linux as root, Podman in namespaces of its own with nothing pulled from a registry.

  --json        print one line of JSON: cases, passed, failed, skipped, runtime, seconds, failures
  --runtime     take this one and no other
  --cache-dir   where Podman keeps images between runs (${DEFAULT_CACHE_FOLDER}); delete it whenever you like
  --help        this text

Exit code 0 when nothing failed; where no container runtime can be had, every case counts as skipped.
`;

function readArguments() {
  const { values } = parseArgs({
    options: {
      json: { type: "boolean", default: false },
      runtime: { type: "string" },
      "cache-dir": { type: "string", default: DEFAULT_CACHE_FOLDER },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.runtime !== undefined && !["docker", "podman"].includes(values.runtime))
    throw new Error(`--runtime must be docker or podman`);
  return values;
}

const MARKS = { passed: "ok    ", failed: "FAILED", skipped: "skip  " };
const results: CaseResult[] = [];
let runtime: string | null = null;
let reason: string | undefined;

function listener(result: CaseResult): void {
  results.push(result);
  if (result.outcome === "skipped") return;
  const took = result.tookMs === undefined ? "" : ` (${(result.tookMs / 1000).toFixed(1)} s)`;
  progress(`${MARKS[result.outcome]} ${result.name}${took}`);
  if (result.reason !== undefined) progress(`       ${result.reason}`);
}

async function check(wanted: string | undefined, cacheFolder: string): Promise<void> {
  const docker = wanted === "podman" ? undefined : await findDockerEngine();
  if (docker !== undefined) {
    runtime = docker.name;
    const runName = `mcp-analytics-check-${randomBytes(4).toString("hex")}`;
    // With Podman all ends with this process; a Docker engine goes on without it.
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
      process.once(signal, () => void removeRun(docker, runName).finally(() => process.exit(130)));
    return checkWithDocker(docker, runName, listener);
  }
  reason = wanted === "docker" ? "no Docker engine answers" : await podmanRefused();
  if (reason === undefined) {
    runtime = "Podman";
    return checkWithPodman(cacheFolder, listener);
  }
  progress(`No container runtime can be had: ${reason}`);
  skipAll(reason, listener);
}

let options: ReturnType<typeof readArguments>;
try {
  options = readArguments();
} catch (error) {
  progress(`${error instanceof Error ? error.message : error}\n\n${HELP}`);
  process.exit(2);
}
if (options.help) {
  process.stdout.write(HELP);
  process.exit(0);
}
const startedAt = Date.now();
try {
  await check(options.runtime, options["cache-dir"]);
} catch (error) {
  listener({
    name: "container runtime",
    outcome: "failed",
    reason: error instanceof Error ? error.message : String(error),
  });
}
const seconds = Math.round((Date.now() - startedAt) / 100) / 10;
const summary = { ...summarise(results), runtime, ...(reason === undefined ? {} : { reason }), seconds };
if (options.json) process.stdout.write(`${JSON.stringify(summary)}\n`);
else
  process.stdout.write(
    `${summary.passed} of ${summary.cases} cases passed, ${summary.failed} failed, ${summary.skipped} skipped with ${runtime ?? "no container runtime"} in ${seconds} s\n`,
  );
process.exit(summary.failed === 0 ? 0 : 1);
