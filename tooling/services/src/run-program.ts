import { spawn } from "node:child_process";

export interface ProgramResult {
  readonly exitCode: number | null;
  /** stdout and stderr in the order of arrival, the last 64 KiB of it */
  readonly output: string;
}

const MAX_OUTPUT_CHARS = 65_536;

/** Runs a program to its end without a shell. Never rejects: a program that cannot be started has `exitCode: null`. */
export function runProgram(
  file: string,
  args: readonly string[],
  options: { env?: NodeJS.ProcessEnv; uid?: number; gid?: number; cwd?: string } = {},
): Promise<ProgramResult> {
  return new Promise((resolve) => {
    let output = "";
    const keep = (chunk: Buffer) => {
      output = (output + chunk.toString("utf8")).slice(-MAX_OUTPUT_CHARS);
    };
    const child = spawn(file, args, { ...options, stdio: ["ignore", "pipe", "pipe"] });
    child.stdout.on("data", keep);
    child.stderr.on("data", keep);
    child.once("error", (error) => resolve({ exitCode: null, output: `${output}${error.message}` }));
    child.once("close", (exitCode) => resolve({ exitCode, output }));
  });
}
