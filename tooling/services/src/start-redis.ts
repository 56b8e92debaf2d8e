import { randomBytes } from "node:crypto";
import { chownSync, mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "./free-port.ts";
import { type RunningService, ServerProcess } from "./running-service.ts";
import { unprivilegedUser } from "./unprivileged-user.ts";

const START_DEADLINE_MS = 30_000;

/**
 * Starts the machine's Redis on a free loopback port, in memory only, behind a password.
 *
 * @param settings lines of `redis.conf`, which win over ours
 */
export async function startRedis(program: string, settings: readonly string[] = []): Promise<RunningService> {
  const user = unprivilegedUser();
  const folder = mkdtempSync(join(tmpdir(), "mcp-analytics-redis-"));
  if (user !== undefined) chownSync(folder, user.uid, user.gid);
  const password = randomBytes(24).toString("hex");
  const port = await freePort();
  const lines = [`port ${port}`, "bind 127.0.0.1", `requirepass ${password}`].concat(
    ['save ""', "appendonly no", `dir ${folder}`],
    settings,
  );
  const server = new ServerProcess({
    name: "Redis",
    program,
    args: ["-"],
    cwd: folder,
    user,
    // Arguments can be read by every user of the machine, and this holds the password.
    input: `${lines.join("\n")}\n`,
    crashSignal: "SIGKILL",
    isUp: () => answers(port),
    startDeadlineMs: START_DEADLINE_MS,
    onLog: () => {},
  });
  const stop = async () => {
    await server.crash();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await server.start();
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    url: `redis://default:${password}@127.0.0.1:${port}/0`,
    stop,
    crash: () => server.crash(),
    start: () => server.start(),
    pause: () => server.pause(),
    resume: () => server.resume(),
  };
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => socket.write("PING\r\n"));
    // Any answer will do: without the password it is an error, and an error is a server that listens.
    socket.once("data", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}
