import { randomBytes } from "node:crypto";
import { findProgram } from "./find-program.ts";
import { freePort } from "./free-port.ts";
import { progress } from "./progress.ts";
import { runProgram } from "./run-program.ts";
import type { RunningService } from "./running-service.ts";

export interface ContainerImage {
  readonly image: string;
  readonly port: number;
  readonly arguments: (password: string) => { docker: readonly string[]; command: readonly string[] };
  readonly url: (password: string, port: number) => string;
  /** ends the server at once and leaves what is durable whole */
  readonly crashSignal: NodeJS.Signals;
  /** command inside the container that succeeds once the server is up */
  readonly probe: (password: string) => readonly string[];
}

export const CONTAINER_IMAGES: Record<"postgres" | "redis-server", ContainerImage> = {
  postgres: {
    image: "postgres:17",
    port: 5432,
    arguments: (password) => ({
      docker: ["-e", `POSTGRES_PASSWORD=${password}`],
      command: ["-c", "max_connections=200"],
    }),
    url: (password, port) => `postgres://postgres:${password}@127.0.0.1:${port}/postgres`,
    crashSignal: "SIGQUIT",
    // Over TCP: while the image prepares its data, a first server answers on the Unix socket only.
    probe: () => ["pg_isready", "-h", "127.0.0.1", "-U", "postgres"],
  },
  "redis-server": {
    image: "redis:7",
    port: 6379,
    arguments: (password) => ({ docker: [], command: ["redis-server", "--requirepass", password, "--save", ""] }),
    url: (password, port) => `redis://default:${password}@127.0.0.1:${port}/0`,
    crashSignal: "SIGKILL",
    probe: (password) => ["redis-cli", "--no-auth-warning", "-a", password, "ping"],
  },
};

/** Path of a Docker client whose engine answers; undefined when there is none. */
export async function findDocker(): Promise<string | undefined> {
  const docker = findProgram("docker");
  if (docker === undefined) return undefined;
  const info = await runProgram(docker, ["info", "--format", "{{.ServerVersion}}"]);
  return info.exitCode === 0 ? docker : undefined;
}

/**
 * Runs a server in a container, published on loopback only, which is removed when it stops.
 *
 * @param settings further arguments of the server
 */
export async function startContainer(
  docker: string,
  container: ContainerImage,
  settings: readonly string[] = [],
): Promise<RunningService> {
  progress(`Starting ${container.image} in a container ...`);
  const password = randomBytes(24).toString("hex");
  const { docker: flags, command } = container.arguments(password);
  const name = `mcp-analytics-${randomBytes(6).toString("hex")}`;
  // Chosen here: a port that the engine chooses changes when the container starts again.
  const port = await freePort();
  const asked = await runProgram(docker, [
    ...["run", "-d", "--name", name, "-p", `127.0.0.1:${port}:${container.port}`],
    ...[...flags, container.image, ...command, ...settings],
  ]);
  if (asked.exitCode !== 0)
    throw new Error(`docker run ${container.image} failed: ${asked.output.trim().split("\n").at(-1)}`);
  const tell = async (...args: string[]) => {
    await runProgram(docker, [...args, name]);
  };
  const untilUp = async () => {
    for (let attempt = 0; attempt < 120; attempt++) {
      const probe = await runProgram(docker, ["exec", name, ...container.probe(password)]);
      if (probe.exitCode === 0) return;
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
    throw new Error(`${container.image} did not come up in its container`);
  };
  const stop = () => tell("rm", "-f", "-v");
  try {
    await untilUp();
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    url: container.url(password, port),
    stop,
    async crash() {
      await tell("unpause");
      await tell("kill", "-s", container.crashSignal);
      await tell("wait");
    },
    async start() {
      await tell("start");
      await untilUp();
    },
    pause: () => tell("pause"),
    resume: () => tell("unpause"),
  };
}
