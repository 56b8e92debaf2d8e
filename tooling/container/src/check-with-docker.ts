import { tryCommand } from "./command.ts";
import type { Engine } from "./engine.ts";
import { CHECKED_IMAGE } from "./image.ts";
import type { Listener } from "./report.ts";
import { runBuild, runImage, skipImage } from "./run-scenarios.ts";

/** Docker's engine and its compose, or undefined when no engine answers. */
export async function findDockerEngine(): Promise<Engine | undefined> {
  const version = await tryCommand("docker", ["version", "--format", "{{.Server.Version}}"], { timeoutMs: 15_000 });
  if (version.code !== 0) return undefined;
  const forms = [["docker", "compose"], ["docker-compose"]] as const;
  let compose: readonly string[] | undefined;
  for (const [command, ...args] of forms) {
    const { code } = await tryCommand(command, [...args, "version"], { timeoutMs: 15_000 });
    if (code === 0) compose ??= [command, ...args];
  }
  return {
    name: `Docker ${version.stdout.trim()}`,
    cli: "docker",
    compose,
    env: { ...process.env, DOCKER_BUILDKIT: "1" },
    composeImages: {},
    healthChecksByHand: false,
  };
}

/** Builds and runs everything with a Docker engine. The image of the check is removed; layers stay in the engine's build cache. */
export async function checkWithDocker(engine: Engine, runName: string, listener: Listener): Promise<void> {
  let built = false;
  await runBuild(engine, (result) => {
    built = result.outcome === "passed";
    listener(result);
  });
  if (!built) return skipImage("the image did not build", listener);
  await runImage(engine, runName, listener);
  await tryCommand("docker", ["image", "rm", CHECKED_IMAGE], { env: engine.env });
}

/** Removes whatever a run that was broken off has started. */
export async function removeRun(engine: Engine, runName: string): Promise<void> {
  const kinds = [
    { list: ["ps", "--all"], remove: ["rm", "--force", "--volumes"] },
    { list: ["volume", "ls"], remove: ["volume", "rm", "--force"] },
    { list: ["network", "ls"], remove: ["network", "rm"] },
  ];
  for (const { list, remove } of kinds) {
    const { stdout } = await tryCommand(engine.cli, [...list, "--quiet", "--filter", `name=${runName}`], {
      env: engine.env,
    });
    const ids = stdout.split("\n").filter((id) => id !== "");
    if (ids.length > 0) await tryCommand(engine.cli, [...remove, ...ids], { env: engine.env });
  }
}
