import { spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { realpath } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { runCommand, tryCommand } from "../command.ts";
import type { CachePaths } from "./cache-folder.ts";

const PHASE_DEADLINE_MS = 1_800_000;
const NAMESPACES = ["--mount", "--pid", "--fork", "--kill-child", "--mount-proc"];
/** Folders in which container tools keep state of what runs. Shared between runs it goes stale when one of them is killed. */
const RUN_FOLDERS = ["/run/netns", "/run/containers", "/run/libpod", "/run/crun"];

/** Why namespaces cannot be made here, or undefined when they can. */
export async function namespacesRefused(): Promise<string | undefined> {
  const { code, stderr } = await tryCommand("unshare", [...NAMESPACES, "--net", "true"], { timeoutMs: 10_000 });
  return code === 0 ? undefined : `the kernel refuses namespaces of our own: ${stderr.trim()}`;
}

/**
 * Runs a script as the first process of its own namespaces and hands on each line of its standard output. Whatever ends this
 * process or the script ends every container with it; mounts and addresses vanish likewise.
 * @param network `own`: nothing but a loopback address of its own, so that nothing can leave the machine
 */
export function runInNamespaces(
  network: "own" | "machine",
  script: string,
  args: readonly string[],
  onLine: (line: string) => void,
): Promise<void> {
  const command = [
    // setpriv becomes unshare, which dies with this process, and its child with it.
    ...["--pdeathsig", "KILL", "unshare", ...NAMESPACES, ...(network === "own" ? ["--net"] : [])],
    ...[process.execPath, script, ...args],
  ];
  return new Promise((resolve, reject) => {
    const child = spawn("setpriv", command, {
      stdio: ["ignore", "pipe", "inherit"],
      timeout: PHASE_DEADLINE_MS,
      killSignal: "SIGKILL",
    });
    const lines = createInterface({ input: child.stdout }).on("line", onLine);
    child.once("error", reject);
    child.once("close", (code, signal) => {
      lines.close();
      if (code === 0) resolve();
      else reject(new Error(`the run in namespaces of its own ended with ${code ?? signal}`));
    });
  });
}

/** Prepares the namespaces from inside. Refuses to touch the machine's own. */
export async function settleIn(paths: CachePaths, network: "own" | "machine"): Promise<void> {
  if (process.pid !== 1) throw new Error("this runs only as the first process of namespaces of its own");
  for (const folder of [paths.run, ...RUN_FOLDERS]) {
    mkdirSync(folder, { recursive: true });
    await runCommand("mount", ["-t", "tmpfs", "tmpfs", folder]);
  }
  // crun gives up where both generations of control groups are mounted. Gone in this namespace only.
  await tryCommand("umount", ["/sys/fs/cgroup/unified"]);
  if (network === "machine") return;
  await runCommand("ip", ["link", "set", "lo", "up"]);
  // There is no resolver in here: unknown names must fail at once.
  const resolver = join(paths.settings, "resolv.conf");
  writeFileSync(resolver, "");
  await runCommand("mount", ["--bind", resolver, await realpath("/etc/resolv.conf")]);
}
