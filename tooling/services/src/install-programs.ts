import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { findProgram } from "./find-program.ts";
import { progress } from "./progress.ts";
import { runProgram } from "./run-program.ts";

export type Program = "postgres" | "redis-server" | "chromium";

const APT_PACKAGES: Record<Program, string> = {
  postgres: "postgresql",
  "redis-server": "redis-server",
  chromium: "chromium",
};
const BREW_ARGUMENTS: Record<Program, readonly string[]> = {
  postgres: ["install", "postgresql@17"],
  "redis-server": ["install", "redis"],
  chromium: ["install", "--cask", "chromium"],
};

/** What to tell a person whose machine lacks a program that could not be installed. */
export function installAdvice(program: Program): string {
  return {
    postgres:
      "install PostgreSQL 15 or newer (Debian: apt install postgresql; macOS: brew install postgresql@17) or set DATABASE_URL",
    "redis-server":
      "install Redis 7 or newer (Debian: apt install redis-server; macOS: brew install redis) or set REDIS_URL",
    chromium:
      "install Chromium or Chrome (Debian: apt install chromium; macOS: brew install --cask chromium) or set CHROMIUM_PATH",
  }[program];
}

/**
 * Installs a program with apt (as root) or Homebrew. False when neither is there or the installation failed;
 * the reason then stands on stderr.
 */
export async function installProgram(program: Program): Promise<boolean> {
  const apt = findProgram("apt-get");
  if (apt !== undefined && process.getuid?.() === 0) return installWithApt(apt, program);
  const brew = findProgram("brew");
  if (brew === undefined) return false;
  progress(`Installing ${program} with Homebrew ...`);
  return succeeded(await runProgram(brew, BREW_ARGUMENTS[program]), program);
}

let aptLists: Promise<unknown> | undefined;

async function installWithApt(apt: string, program: Program): Promise<boolean> {
  progress(`Installing ${APT_PACKAGES[program]} with apt (once on this machine) ...`);
  const lock = ["-o", "DPkg::Lock::Timeout=300"];
  // Lists are fetched once per process. A failure is not final: the lists may be there already, or another apt holds them.
  aptLists ??= runProgram(apt, [...lock, "update"]);
  await aptLists;
  const allowServices = holdServicesBack();
  try {
    const result = await runProgram(
      apt,
      [
        ...lock,
        "-o",
        "Dpkg::Options::=--force-confold",
        "install",
        "-y",
        "--no-install-recommends",
        APT_PACKAGES[program],
      ],
      { env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" } },
    );
    return succeeded(result, program);
  } finally {
    allowServices();
  }
}

/**
 * Debian starts a server as soon as it is installed. Ours run on private ports with throw-away data, so the system's
 * own must neither start nor create a cluster. Returns the undo.
 */
function holdServicesBack(): () => void {
  const policy = "/usr/sbin/policy-rc.d";
  const clusterFolder = "/etc/postgresql-common";
  if (!existsSync(`${clusterFolder}/createcluster.conf`)) {
    mkdirSync(clusterFolder, { recursive: true });
    writeFileSync(`${clusterFolder}/createcluster.conf`, "create_main_cluster = false\n");
  }
  if (existsSync(policy)) return () => {};
  writeFileSync(policy, "#!/bin/sh\nexit 101\n", { mode: 0o755 });
  return () => rmSync(policy, { force: true });
}

function succeeded(result: { exitCode: number | null; output: string }, program: Program): boolean {
  if (result.exitCode === 0) return true;
  const lastLine = result.output.trim().split("\n").at(-1) ?? "no output";
  progress(`Could not install ${program}: ${lastLine}`);
  return false;
}
