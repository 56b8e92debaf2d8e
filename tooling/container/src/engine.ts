import { type CommandOptions, runCommand, tryCommand } from "./command.ts";
import { waitFor } from "./wait-for.ts";

/** A container engine that is ready for use: Docker's, or Podman in namespaces of its own. */
export interface Engine {
  /** Name and version, for the report. */
  readonly name: string;
  readonly cli: "docker" | "podman";
  /** The compose command, or undefined where there is none. */
  readonly compose: readonly string[] | undefined;
  /** Environment of every command of the engine. */
  readonly env: NodeJS.ProcessEnv;
  /** Images that stand in for those of a registry, as variables of the compose file. */
  readonly composeImages: Readonly<Record<string, string>>;
  /** True where nothing runs health checks by itself (Podman leaves them to systemd). */
  readonly healthChecksByHand: boolean;
}

/** What is asked of `inspect`, in the words both engines share. */
export interface ContainerState {
  Config: { User: string };
  HostConfig: { PortBindings: Record<string, { HostIp: string }[] | null> | null };
  State: { Running: boolean; ExitCode: number; Health?: { Status: string } };
}

export function engineCommand(engine: Engine, args: readonly string[], options: CommandOptions = {}): Promise<string> {
  return runCommand(engine.cli, args, { env: engine.env, ...options });
}

export async function inspectContainer(engine: Engine, container: string): Promise<ContainerState> {
  const [state] = JSON.parse(await engineCommand(engine, ["container", "inspect", container])) as ContainerState[];
  if (state === undefined) throw new Error(`no container ${container}`);
  return state;
}

/** Waits until the container's own health check says healthy; fails at once when the container has ended. */
export async function waitUntilHealthy(engine: Engine, container: string): Promise<void> {
  await waitFor(`${container} to be healthy`, async () => {
    if (engine.healthChecksByHand) await tryCommand(engine.cli, ["healthcheck", "run", container], { env: engine.env });
    const { State: state } = await inspectContainer(engine, container);
    if (state.Running) return state.Health?.Status === "healthy";
    const logs = await tryCommand(engine.cli, ["logs", container], { env: engine.env });
    throw new Error(`${container} ended with ${state.ExitCode}: ${`${logs.stdout}${logs.stderr}`.trim().slice(-2000)}`);
  });
}

/** Sends SIGTERM with a deadline and tells the exit code; 137 means that it had to be killed. */
export async function stopContainer(engine: Engine, container: string, deadlineSeconds: number): Promise<number> {
  await engineCommand(engine, ["stop", "--time", String(deadlineSeconds), container]);
  return (await inspectContainer(engine, container)).State.ExitCode;
}
