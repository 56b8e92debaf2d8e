import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chownSync, mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "./free-port.ts";
import { ended, type RunningService, untilUp } from "./running-service.ts";
import { unprivilegedUser } from "./unprivileged-user.ts";

const START_DEADLINE_MS = 30_000;

/** Starts the machine's Redis on a free loopback port, in memory only, behind a password. */
export async function startRedis(program: string): Promise<RunningService> {
  const user = unprivilegedUser();
  const folder = mkdtempSync(join(tmpdir(), "mcp-analytics-redis-"));
  if (user !== undefined) chownSync(folder, user.uid, user.gid);
  const password = randomBytes(24).toString("hex");
  const port = await freePort();
  const child = spawn(program, ["-"], { ...user, cwd: folder, stdio: ["pipe", "pipe", "pipe"] });
  let log = "";
  const keep = (chunk: Buffer) => {
    log = (log + chunk.toString("utf8")).slice(-16_384);
  };
  child.stdout.on("data", keep);
  child.stderr.on("data", keep);
  child.once("error", keep);
  child.stdin.on("error", keep);
  // The configuration comes over stdin: arguments can be read by every user of the machine, and it holds the password.
  child.stdin.end(
    [`port ${port}`, "bind 127.0.0.1", `requirepass ${password}`, 'save ""', "appendonly no", `dir ${folder}`, ""].join(
      "\n",
    ),
  );
  const stop = async () => {
    child.kill("SIGKILL");
    await ended(child);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await untilUp(child, () => answers(port), { name: "Redis", deadlineMs: START_DEADLINE_MS, log: () => log });
  } catch (error) {
    await stop();
    throw error;
  }
  return { url: `redis://default:${password}@127.0.0.1:${port}/0`, stop };
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
