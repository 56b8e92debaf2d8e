import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const CLI = fileURLToPath(new URL("../src/cli.ts", import.meta.url));

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CollectorProcess {
  readonly url: string;
  /** Lines of its log so far. */
  readonly log: readonly string[];
  kill(signal: NodeJS.Signals): void;
  /** Exit code, once it has ended. */
  readonly exited: Promise<number | null>;
}

type Environment = Readonly<Record<string, string>>;

function start(args: readonly string[], environment: Environment): ChildProcess {
  const { PATH = "" } = process.env;
  return spawn(process.execPath, [CLI, ...args], { env: { PATH, ...environment }, stdio: ["ignore", "pipe", "pipe"] });
}

/** Runs a command of the command line to its end. */
export async function runCollectorCommand(args: readonly string[], environment: Environment): Promise<Finished> {
  const child = start(args, environment);
  let stdout = "";
  let stderr = "";
  child.stdout?.on("data", (data) => {
    stdout += data;
  });
  child.stderr?.on("data", (data) => {
    stderr += data;
  });
  const [code] = (await once(child, "close")) as [number | null];
  return { code, stdout, stderr };
}

/** Starts `serve` on a free port, and waits for nothing. */
export function spawnCollector(environment: Environment): ChildProcess {
  return start(["serve", "--port", "0"], environment);
}

/** Starts `serve` on a free port; resolves when it listens, rejects when it ends before. */
export async function startCollectorProcess(environment: Environment): Promise<CollectorProcess> {
  const child = spawnCollector(environment);
  const log: string[] = [];
  const exited = once(child, "close").then(([code]) => code as number | null);
  const url = await new Promise<string>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream as NodeJS.ReadableStream }).on("line", (line) => {
        log.push(line);
        const listening = /"url":"([^"]+)".*"msg":"listening"/.exec(line);
        if (listening?.[1] !== undefined) resolve(listening[1]);
      });
    }
    exited.then((code) => reject(new Error(`ended with code ${code}: ${log.join(" ")}`)), reject);
  });
  return { url, log, exited, kill: (signal) => child.kill(signal) };
}

/** Sends one event as the guide's client does. */
export function postEvent(url: string, key: string, event: Readonly<Record<string, unknown>> = {}): Promise<Response> {
  return fetch(`${url}/v1/events`, {
    method: "POST",
    headers: { "content-type": "application/json", "x-api-key": key },
    body: JSON.stringify({ tool: "get_forecast", success: true, timestamp: Date.now(), ...event }),
  });
}

/** Resolves when a route answers with a status. */
export async function untilStatus(url: string, status: number): Promise<void> {
  while ((await fetch(url)).status !== status) await new Promise((resolve) => setTimeout(resolve, 50));
}
