import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));
const BANNER_END = "Ctrl-C ends it.";

/** The root verb `start`, run as a person runs it. */
export interface StartVerb {
  /** resolves with stdout once the banner is whole; rejects when the process ends before */
  readonly banner: Promise<string>;
  /** resolves when the process has ended by itself or by `interrupt` */
  readonly ended: Promise<{ exitCode: number | null; stdout: string; stderr: string }>;
  /** Ctrl-C */
  interrupt(): void;
}

/** @param env beside PATH and HOME; nothing else is inherited */
export function runStart(args: readonly string[], env: Record<string, string> = {}): StartVerb {
  const child: ChildProcess = spawn(process.execPath, ["tooling/run.mjs", "start", ...args], {
    cwd: root,
    env: { PATH: process.env.PATH ?? "", HOME: process.env.HOME ?? "", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  child.stderr?.on("data", (chunk: Buffer) => {
    stderr += chunk.toString("utf8");
  });
  const ended = once(child, "close").then(([exitCode]) => ({ exitCode: exitCode as number | null, stdout, stderr }));
  const banner = new Promise<string>((resolve, reject) => {
    child.stdout?.on("data", (chunk: Buffer) => {
      stdout += chunk.toString("utf8");
      if (stdout.includes(BANNER_END)) resolve(stdout);
    });
    ended.then(({ exitCode }) => reject(new Error(`start ended with ${exitCode}: ${stderr}`)), reject);
  });
  // Whoever only waits for the end does not look at the banner.
  banner.catch(() => {});
  return { banner, ended, interrupt: () => child.kill("SIGINT") };
}
