/**
 * Process entry: one phase of the run with Podman, the first process of namespaces of its own.
 * Arguments: `build <cache folder>` or `run <cache folder> <stand-in images as JSON>`.
 * Prints one JSON value per line: `{"result": …}` for each case, `{"composeImages": …}` at the end of the build.
 */
import { spawn } from "node:child_process";
import { existsSync, rmSync } from "node:fs";
import { runCommand, tryCommand } from "../command.ts";
import type { Engine } from "../engine.ts";
import { progress } from "../report.ts";
import { runBuild, runImage } from "../run-scenarios.ts";
import { waitFor } from "../wait-for.ts";
import { type CachePaths, cachePaths } from "./cache-folder.ts";
import { settleIn } from "./namespaces.ts";
import { readRegistrySettings } from "./registry-settings.ts";
import { writePodmanSettings } from "./settings.ts";
import { buildStandInImages } from "./stand-in-images.ts";

// Nothing else runs in here, so any name will do.
const RUN_NAME = "mcp-analytics-check";
const MAX_FORMER_IMAGES = 12;
/** Not dangling as long as it has a name. */
const NEWEST_BUILD_STAGE = "localhost/mcp-analytics-build:newest";

function say(value: object): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}

function podmanEngine(env: NodeJS.ProcessEnv, name: string, composeImages: Record<string, string>): Engine {
  return { name, cli: "podman", compose: ["docker-compose"], env, composeImages, healthChecksByHand: true };
}

async function build(paths: CachePaths): Promise<void> {
  await settleIn(paths, "machine");
  const registry = await readRegistrySettings();
  const settings = writePodmanSettings(paths, registry);
  const env = { ...process.env, ...settings.build };
  const name = (await runCommand("podman", ["--version"], { env })).trim();
  // Without the npm settings: a file that is mounted while a step runs leaves an empty one of its name in the image.
  const composeImages = await buildStandInImages(paths, { ...process.env, ...settings.run });
  say({ composeImages });
  await runBuild(podmanEngine(env, name, composeImages), (result) => say({ result }), paths.log);
  await removeFormerBuilds(env);
}

/** Layers that no build uses any more, once there are many. The newest build is kept, so that the next one finds its layers. */
async function removeFormerBuilds(env: NodeJS.ProcessEnv): Promise<void> {
  const { stdout } = await tryCommand("podman", ["images", "--quiet", "--filter", "dangling=true"], { env });
  if (stdout.split("\n").length <= MAX_FORMER_IMAGES) return;
  await tryCommand("podman", ["tag", stdout.split("\n")[0] ?? "", NEWEST_BUILD_STAGE], { env });
  await tryCommand("podman", ["image", "prune", "--force"], { env });
}

async function run(paths: CachePaths, composeImages: Record<string, string>): Promise<void> {
  await settleIn(paths, "own");
  const none = { npmrcLines: [], certificates: undefined };
  const settings = writePodmanSettings(paths, none).run;
  const env = { ...process.env, ...settings, DOCKER_HOST: `unix://${paths.socket}` };
  const name = (await runCommand("podman", ["--version"], { env })).trim();
  await removeLeftovers(env);
  rmSync(paths.socket, { force: true });
  const service = spawn("podman", ["system", "service", "--time=0", env.DOCKER_HOST], { env, stdio: "ignore" });
  await waitFor("Podman's socket", async () => existsSync(paths.socket));
  await runImage(podmanEngine(env, name, composeImages), RUN_NAME, (result) => say({ result }));
  await removeLeftovers(env);
  service.kill();
}

/** What a run that was killed has left in the store. */
async function removeLeftovers(env: NodeJS.ProcessEnv): Promise<void> {
  await tryCommand("podman", ["rm", "--force", "--all", "--time=0"], { env });
  await tryCommand("podman", ["volume", "prune", "--force"], { env });
  await tryCommand("podman", ["network", "prune", "--force"], { env });
}

const [phase, folder, images] = process.argv.slice(2);
const paths = cachePaths(folder ?? "");
try {
  if (phase === "build") await build(paths);
  else await run(paths, JSON.parse(images ?? "{}"));
  process.exit(0);
} catch (error) {
  progress(error instanceof Error ? error.message : String(error));
  process.exit(1);
}
