import { spawnSync } from "node:child_process";
import { findProgram } from "@org/services";

const ADVICE = "install wrk (Debian: apt install wrk; macOS: brew install wrk)";

/**
 * Path of wrk: the machine's, else installed with apt (as root) or Homebrew. Throws with what to install otherwise.
 *
 * wrk and not autocannon, because the load shares the cores with the servers: a request costs wrk about 6 µs and a
 * generator in Node 15 to 20 µs, as much as the bare server itself, which would flatter every slower one.
 */
export function findWrk(): string {
  const found = findProgram("wrk");
  if (found !== undefined) return found;
  const apt = findProgram("apt-get");
  const brew = findProgram("brew");
  if (apt !== undefined && process.getuid?.() === 0) {
    process.stderr.write("Installing wrk with apt (once on this machine) ...\n");
    const lock = ["-o", "DPkg::Lock::Timeout=300"];
    run(apt, [...lock, "update"]);
    run(apt, [...lock, "install", "-y", "--no-install-recommends", "wrk"]);
  } else if (brew !== undefined) {
    process.stderr.write("Installing wrk with Homebrew (once on this machine) ...\n");
    run(brew, ["install", "wrk"]);
  }
  const installed = findProgram("wrk");
  if (installed === undefined) throw new Error(`The benchmark needs its load generator: ${ADVICE}.`);
  return installed;
}

function run(file: string, args: readonly string[]): void {
  spawnSync(file, args, { stdio: "ignore", env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" } });
}
