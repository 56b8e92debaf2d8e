import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { CpuProfile } from "../profile/self-times.ts";

const START_DEADLINE_MS = 30_000;
const STOP_DEADLINE_MS = 20_000;
const PROBE = new URL("./usage-probe.mjs", import.meta.url).href;

export interface ServerOrder {
  /** shown in errors */
  readonly name: string;
  readonly script: string | URL;
  readonly scriptArguments?: readonly string[];
  /** for Node itself, such as `--cpu-prof` */
  readonly nodeArguments?: readonly string[];
  readonly port: number;
  readonly environment: Readonly<Record<string, string>>;
}

export interface Usage {
  /** user and system time of all threads since the start */
  readonly cpuMicroseconds: number;
  readonly rssBytes: number;
}

export interface ChildServer {
  readonly url: string;
  usage(): Promise<Usage>;
  /** Takes a CPU profile of the time that `work` takes. */
  profile(work: () => Promise<void>): Promise<CpuProfile>;
  /** Ends it with SIGTERM and waits; rejects when it had died by itself or does not end within 20 s. */
  stop(): Promise<void>;
}

/** Starts a server on loopback as a child process of this Node and waits until `GET /health` is answered with 200. */
export async function startChildServer(order: ServerOrder): Promise<ChildServer> {
  const script = order.script instanceof URL ? fileURLToPath(order.script) : order.script;
  const child = spawn(
    process.execPath,
    ["--import", PROBE, ...(order.nodeArguments ?? []), script, ...(order.scriptArguments ?? [])],
    {
      env: { ...inherited(), NODE_ENV: "production", ...order.environment },
      stdio: ["ignore", "ignore", "pipe", "ipc"],
    },
  );
  let log = "";
  child.stderr?.on("data", (chunk: Buffer) => {
    log = (log + chunk.toString("utf8")).slice(-4_096);
  });
  // The servers must not outlive a benchmark that is interrupted.
  const kill = () => child.kill("SIGKILL");
  process.once("exit", kill);
  child.once("exit", () => process.removeListener("exit", kill));
  const url = `http://127.0.0.1:${order.port}`;
  await untilHealthy(child, url, () => `${order.name} did not start: ${log.trim() || "no message"}`);
  return {
    url,
    usage: () => ask<Usage>(child, order.name, "usage"),
    profile: async (work) => {
      await ask(child, order.name, "profile");
      await work();
      return await ask<CpuProfile>(child, order.name, "profiled");
    },
    stop: () => stop(child, () => `${order.name} did not end as told: ${log.trim() || "no message"}`),
  };
}

/** Nothing of the caller's configuration may reach a server under test, only what a process needs to run. */
function inherited(): Record<string, string> {
  return Object.fromEntries(
    ["PATH", "HOME", "TMPDIR", "LANG"].flatMap((name) => {
      const value = process.env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

async function untilHealthy(child: ChildProcess, url: string, failure: () => string): Promise<void> {
  const deadlineAt = Date.now() + START_DEADLINE_MS;
  while (Date.now() < deadlineAt && child.exitCode === null) {
    const healthy = await fetch(`${url}/health`, { signal: AbortSignal.timeout(1_000) }).then(
      (answer) => answer.ok,
      () => false,
    );
    if (healthy) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  child.kill("SIGKILL");
  throw new Error(failure());
}

async function ask<Answer>(child: ChildProcess, name: string, question: string): Promise<Answer> {
  if (child.exitCode !== null) throw new Error(`${name} ended while it was measured.`);
  const answered = once(child, "message", { signal: AbortSignal.timeout(30_000) });
  child.send(question);
  const [answer] = (await answered) as [Answer];
  return answer;
}

async function stop(child: ChildProcess, failure: () => string): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) throw new Error(failure());
  const exited = once(child, "exit");
  child.kill("SIGTERM");
  const hard = setTimeout(() => child.kill("SIGKILL"), STOP_DEADLINE_MS);
  const [, signal] = (await exited) as [number | null, string | null];
  clearTimeout(hard);
  if (signal === "SIGKILL") throw new Error(failure());
}
