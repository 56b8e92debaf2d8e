/**
 * Process that owns the servers of one run. It ends them and deletes their data when its stdin closes: that happens
 * when the process that asked for them stops them, exits, crashes or is killed, so nothing can be left behind.
 * stdin: one line, {"postgres": boolean, "redis": boolean, "postgresLogFile"?}. stdout: one line, {"databaseUrl"?, "redisUrl"?} or {"error"}.
 */
import { createInterface } from "node:readline";
import { findProgram } from "./find-program.ts";
import { installAdvice, installProgram } from "./install-programs.ts";
import type { RunningService } from "./running-service.ts";
import { CONTAINER_IMAGES, findDocker, startContainer } from "./start-container.ts";
import { startPostgres } from "./start-postgres.ts";
import { startRedis } from "./start-redis.ts";

interface Order {
  readonly postgres?: boolean;
  readonly redis?: boolean;
  readonly postgresLogFile?: string;
}

const running: RunningService[] = [];

async function bring(
  program: "postgres" | "redis-server",
  startFound: (path: string) => Promise<RunningService>,
): Promise<string> {
  let path = findProgram(program);
  if (path === undefined && (await installProgram(program))) path = findProgram(program);
  const docker = path === undefined ? await findDocker() : undefined;
  if (path === undefined && docker === undefined) throw new Error(`No ${program}: ${installAdvice(program)}.`);
  const service =
    path !== undefined ? await startFound(path) : await startContainer(docker as string, CONTAINER_IMAGES[program]);
  running.push(service);
  return service.url;
}

async function start(order: Order): Promise<Record<string, string>> {
  const urls: Record<string, string> = {};
  // One after the other: two package installations at once would wait for the same lock.
  if (order.postgres === true)
    urls.databaseUrl = await bring("postgres", (path) => startPostgres(path, order.postgresLogFile));
  if (order.redis === true) urls.redisUrl = await bring("redis-server", startRedis);
  return urls;
}

const input = createInterface({ input: process.stdin });
let starting: Promise<void> = Promise.resolve();
input.once("line", (line) => {
  starting = start(JSON.parse(line))
    .catch((error: unknown) => ({ error: error instanceof Error ? error.message : String(error) }))
    .then((answer) => void process.stdout.write(`${JSON.stringify(answer)}\n`));
});
input.once("close", async () => {
  await starting;
  await Promise.allSettled(running.map((service) => service.stop()));
  process.exit(0);
});
// Ctrl-C reaches the whole foreground group; the end is told by stdin alone, after the tests have let go.
process.on("SIGINT", () => {});
process.on("SIGTERM", () => {});
process.on("SIGHUP", () => {});
process.stdout.on("error", () => {});
process.stderr.on("error", () => {});
