import { spawn } from "node:child_process";
import { performance } from "node:perf_hooks";
import { ROOT } from "./root.ts";

export interface Step {
  readonly name: string;
  readonly file: string;
  readonly args: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
}

export interface StepResult {
  readonly name: string;
  readonly exitCode: number;
  readonly durationMs: number;
  /** what was captured of stdout and stderr */
  readonly output: string;
}

/** What of a step's output is kept instead of shown. */
export type Capture = "all" | "stdout" | "nothing";

/** Runs one program in the root of the repository. */
export function runStep(step: Step, capture: Capture = "nothing"): Promise<StepResult> {
  const startedAt = performance.now();
  return new Promise((resolve) => {
    let output = "";
    const kept = (stream: "stdout" | "stderr") => (capture === "all" || capture === stream ? "pipe" : "inherit");
    const stdio = ["ignore", kept("stdout"), kept("stderr")] as const;
    const child = spawn(step.file, step.args, { cwd: ROOT, env: { ...process.env, ...step.env }, stdio: [...stdio] });
    const keep = (chunk: Buffer) => {
      output += chunk.toString("utf8");
    };
    child.stdout?.on("data", keep);
    child.stderr?.on("data", keep);
    const done = (exitCode: number) =>
      resolve({ name: step.name, exitCode, durationMs: performance.now() - startedAt, output });
    child.once("error", (error) => {
      output += error.message;
      done(127);
    });
    child.once("close", (code) => done(code ?? 1));
  });
}

/** A step that runs a Node script of the repository. */
export function nodeStep(name: string, args: readonly string[], env?: NodeJS.ProcessEnv): Step {
  return env === undefined ? { name, file: process.execPath, args } : { name, file: process.execPath, args, env };
}

/** A step that runs tasks through the build tool; its cache makes an unchanged package free. */
export function turboStep(name: string, args: readonly string[], env?: NodeJS.ProcessEnv): Step {
  return nodeStep(name, ["node_modules/turbo/bin/turbo", "run", "--ui=stream", ...args], env);
}

export const seconds = (durationMs: number): string => `${(durationMs / 1000).toFixed(1)} s`;
