import { spawn } from "node:child_process";
import { appendFileSync } from "node:fs";

/** How to run a command. Without `logFile` its output is only returned. */
export interface CommandOptions {
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  /** Written to standard input, which is closed after it. */
  input?: string;
  /** The command is killed after it. Default two minutes. */
  timeoutMs?: number;
  /** Everything printed is appended to it as well. */
  logFile?: string;
}

export interface CommandResult {
  /** Exit code; -1 when it could not be started or was ended by a signal. */
  code: number;
  stdout: string;
  stderr: string;
}

/** Runs a command to its end and never rejects. */
export function tryCommand(
  command: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: options.env,
      stdio: ["pipe", "pipe", "pipe"],
      timeout: options.timeoutMs ?? 120_000,
      killSignal: "SIGKILL",
    });
    const output = { stdout: "", stderr: "" };
    for (const stream of ["stdout", "stderr"] as const) {
      child[stream].setEncoding("utf8").on("data", (text: string) => {
        output[stream] += text;
        if (options.logFile !== undefined) appendFileSync(options.logFile, text);
      });
    }
    child.on("error", (error) => resolve({ code: -1, stdout: output.stdout, stderr: error.message }));
    child.on("close", (code) => resolve({ code: code ?? -1, ...output }));
    // A command that does not read its input closes the pipe early; what counts is how it ends.
    child.stdin.on("error", () => {});
    child.stdin.end(options.input ?? "");
  });
}

/** Runs a command and returns its standard output; rejects with its last lines when it fails. */
export async function runCommand(
  command: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<string> {
  const result = await tryCommand(command, args, options);
  if (result.code === 0) return result.stdout;
  const lastLines = `${result.stdout}\n${result.stderr}`.trim().split("\n").slice(-25).join("\n");
  throw new Error(`${command} ${args.slice(0, 3).join(" ")} ended with ${result.code}: ${lastLines}`);
}
