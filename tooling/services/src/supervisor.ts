/**
 * Process that owns the servers of one run. It ends them and deletes their data when its stdin closes: that happens
 * when the process that asked for them stops them, exits, crashes or is killed, so nothing can be left behind.
 * stdin: one line with the order, answered by one line, {"databaseUrl"?, "redisUrl"?} or {"error"}. Then any number of
 * lines {"server": "postgres" | "redis", "act"}, each answered by {} or {"error"}.
 */
import { createInterface } from "node:readline";
import { findProgram } from "./find-program.ts";
import { installAdvice, installProgram } from "./install-programs.ts";
import type { RunningService } from "./running-service.ts";
import { CONTAINER_IMAGES, findDocker, startContainer } from "./start-container.ts";
import { startPostgres } from "./start-postgres.ts";
import { startRedis } from "./start-redis.ts";
import type { Act, SupervisorOrder } from "./supervisor-messages.ts";

const running = new Map<Act["server"], RunningService>();

async function bring(
  program: "postgres" | "redis-server",
  startFound: (path: string) => Promise<RunningService>,
  containerSettings: readonly string[],
): Promise<RunningService> {
  let path = findProgram(program);
  if (path === undefined && (await installProgram(program))) path = findProgram(program);
  if (path !== undefined) return startFound(path);
  const docker = await findDocker();
  if (docker === undefined) throw new Error(`No ${program}: ${installAdvice(program)}.`);
  return startContainer(docker, CONTAINER_IMAGES[program], containerSettings);
}

async function start({ postgres, redis }: SupervisorOrder): Promise<Record<string, string>> {
  const urls: Record<string, string> = {};
  // One after the other: two package installations at once would wait for the same lock.
  if (postgres !== undefined) {
    const settings = Object.entries(postgres.settings ?? {}).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
    const service = await bring("postgres", (path) => startPostgres(path, postgres), settings);
    running.set("postgres", service);
    urls.databaseUrl = service.url;
  }
  if (redis !== undefined) {
    const settings = redis.settings.flatMap((line) => `--${line}`.split(" "));
    const service = await bring("redis-server", (path) => startRedis(path, redis.settings), settings);
    running.set("redis", service);
    urls.redisUrl = service.url;
  }
  return urls;
}

async function act({ server, act }: Act): Promise<Record<string, string>> {
  await running.get(server)?.[act]();
  return {};
}

const input = createInterface({ input: process.stdin });
let work: Promise<void> = Promise.resolve();
input.on("line", (line) => {
  const message = JSON.parse(line) as SupervisorOrder | Act;
  work = work
    .then(() => ("act" in message ? act(message) : start(message)))
    .catch((error: unknown) => ({ error: error instanceof Error ? error.message : String(error) }))
    .then((answer) => void process.stdout.write(`${JSON.stringify(answer)}\n`));
});
input.once("close", async () => {
  await work;
  await Promise.allSettled([...running.values()].map((service) => service.stop()));
  process.exit(0);
});
// Ctrl-C reaches the whole foreground group; the end is told by stdin alone, after the tests have let go.
process.on("SIGINT", () => {});
process.on("SIGTERM", () => {});
process.on("SIGHUP", () => {});
process.stdout.on("error", () => {});
process.stderr.on("error", () => {});
