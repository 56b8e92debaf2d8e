import { randomBytes } from "node:crypto";
import { findProgram } from "./find-program.ts";
import { progress } from "./progress.ts";
import { runProgram } from "./run-program.ts";
import type { RunningService } from "./running-service.ts";

export interface ContainerImage {
  readonly image: string;
  readonly port: number;
  readonly arguments: (password: string) => { docker: readonly string[]; command: readonly string[] };
  readonly url: (password: string, port: number) => string;
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
    // Over TCP: while the image prepares its data, a first server answers on the Unix socket only.
    probe: () => ["pg_isready", "-h", "127.0.0.1", "-U", "postgres"],
  },
  "redis-server": {
    image: "redis:7",
    port: 6379,
    arguments: (password) => ({ docker: [], command: ["redis-server", "--requirepass", password, "--save", ""] }),
    url: (password, port) => `redis://default:${password}@127.0.0.1:${port}/0`,
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

/** Runs a server in a container that is removed when it stops, published on loopback only. */
export async function startContainer(docker: string, container: ContainerImage): Promise<RunningService> {
  progress(`Starting ${container.image} in a container ...`);
  const password = randomBytes(24).toString("hex");
  const { docker: flags, command } = container.arguments(password);
  const name = `mcp-analytics-${randomBytes(6).toString("hex")}`;
  const publish = ["-p", `127.0.0.1::${container.port}`];
  const run = await runProgram(docker, [
    "run",
    "-d",
    "--rm",
    "--name",
    name,
    ...publish,
    ...flags,
    container.image,
    ...command,
  ]);
  if (run.exitCode !== 0)
    throw new Error(`docker run ${container.image} failed: ${run.output.trim().split("\n").at(-1)}`);
  const stop = async () => {
    await runProgram(docker, ["rm", "-f", "-v", name]);
  };
  try {
    const published = await runProgram(docker, ["port", name, `${container.port}/tcp`]);
    const port = Number(/127\.0\.0\.1:(\d+)/.exec(published.output)?.[1]);
    if (!Number.isInteger(port)) throw new Error(`docker published no port for ${container.image}`);
    for (let attempt = 0; attempt < 120; attempt++) {
      const probe = await runProgram(docker, ["exec", name, ...container.probe(password)]);
      if (probe.exitCode === 0) return { url: container.url(password, port), stop };
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
    throw new Error(`${container.image} did not come up in its container`);
  } catch (error) {
    await stop();
    throw error;
  }
}
