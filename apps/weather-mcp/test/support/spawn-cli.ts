import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const CLI = fileURLToPath(new URL("../../src/cli.ts", import.meta.url));

export interface CliRun {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliOptions {
  readonly args?: readonly string[];
  readonly env?: Record<string, string>;
  readonly cwd?: string;
  /** Arguments of Node.js itself. */
  readonly nodeArgs?: readonly string[];
  /** Messages to send, one a line; stdin is closed once each request among them has been answered. */
  readonly messages?: readonly Record<string, unknown>[];
}

/** Runs weather-mcp as a process until it ends. */
export async function runCli({ args = [], env = {}, cwd, nodeArgs = [], messages = [] }: CliOptions): Promise<CliRun> {
  const { PATH = "" } = process.env;
  const child = spawn(process.execPath, [...nodeArgs, CLI, ...args], { env: { PATH, ...env }, cwd, stdio: "pipe" });
  const output = { stdout: "", stderr: "" };
  const requests = messages.filter(({ id }) => id !== undefined).length;
  const closeWhenAnswered = () => {
    if (output.stdout.split("\n").length - 1 >= requests) child.stdin.end();
  };
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    output.stdout += chunk;
    closeWhenAnswered();
  });
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
    output.stderr += chunk;
  });
  for (const message of messages) child.stdin.write(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`);
  closeWhenAnswered();
  const [code] = (await once(child, "close")) as [number | null];
  return { code, ...output };
}

export const INITIALIZE = {
  id: 0,
  method: "initialize",
  params: { protocolVersion: "2025-06-18", capabilities: {}, clientInfo: { name: "test", version: "1" } },
};

export function toolCall(id: number, name: string, args: Record<string, unknown>): Record<string, unknown> {
  return { id, method: "tools/call", params: { name, arguments: args } };
}
