import { spawn } from "node:child_process";
import { once } from "node:events";
import { tryCommand } from "../command.ts";
import { progress } from "../report.ts";

const WAIT_SECONDS = 1800;

/**
 * Makes runs that share a cache folder follow one another. The lock ends with this process, however that ends.
 * @returns the release
 * @throws when another run still has it after half an hour
 */
export async function holdLock(file: string): Promise<() => void> {
  if ((await tryCommand("flock", ["--nonblock", file, "true"])).code !== 0)
    progress("Waiting for another run with the same cache folder to end ...");
  const command = ["flock", "--no-fork", "--wait", String(WAIT_SECONDS), file, "sh", "-c", "echo held; exec cat"];
  // Each of these becomes the next, so that the holder of the lock dies with this process.
  const holder = spawn("setpriv", ["--pdeathsig", "KILL", ...command], { stdio: ["pipe", "pipe", "ignore"] });
  await Promise.race([once(holder.stdout, "data"), once(holder, "close").then(refuse)]);
  return () => holder.stdin.end();
}

function refuse(): never {
  throw new Error(`another run has had the cache folder for ${WAIT_SECONDS / 60} minutes`);
}
