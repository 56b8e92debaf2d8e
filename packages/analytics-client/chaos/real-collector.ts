import { type ChildProcess, execFile, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);
const COLLECTOR = fileURLToPath(new URL("../../../apps/collector/dist/cli.js", import.meta.url));

export interface RealCollector {
  readonly origin: string;
  /** A new key of the tier with the widest limits, so that nothing but the kill can cost events. */
  createKey(): Promise<{ readonly key: string; readonly signingSecret: string }>;
  stop(): Promise<void>;
}

const START_ATTEMPTS = 150;

/** Starts the collector of this repository with an empty database; undefined where it has not been built. */
export async function startRealCollector(): Promise<RealCollector | undefined> {
  if (!existsSync(COLLECTOR)) return undefined;
  const folder = await mkdtemp(join(tmpdir(), "mcp-analytics-kill-"));
  const port = await freePort();
  const { DATABASE_URL: _database, REDIS_URL: _redis, ...rest } = process.env;
  const env = { ...rest, DATA_DIR: folder, PORT: String(port), LOG_LEVEL: "fatal" };
  const child = spawn(process.execPath, [COLLECTOR, "serve"], { env, stdio: "ignore" });
  const origin = `http://127.0.0.1:${port}`;
  await untilReady(`${origin}/readyz`, child);
  return {
    origin,
    async createKey() {
      const { stdout } = await run(process.execPath, [COLLECTOR, "keys", "create", "--tier", "enterprise", "--json"], {
        env,
      });
      return JSON.parse(stdout);
    },
    async stop() {
      const exited = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGTERM");
      await exited;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function untilReady(url: string, child: ChildProcess): Promise<void> {
  for (let i = 0; i < START_ATTEMPTS; i++) {
    if (child.exitCode !== null) throw new Error(`the collector ended with code ${child.exitCode}`);
    const ready = await fetch(url).then(
      ({ ok }) => ok,
      () => false,
    );
    if (ready) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  child.kill("SIGKILL");
  throw new Error("the collector did not become ready");
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === "object" && address ? address.port : 0;
}
