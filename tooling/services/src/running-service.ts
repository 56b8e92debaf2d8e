import { type ChildProcess, spawn } from "node:child_process";
import { processTree } from "./process-tree.ts";
import type { UnixUser } from "./unprivileged-user.ts";

/** What can be done to a server that was started for one run alone. */
export interface HurtableService {
  /** Ends it as a crash does. What it has made durable stays. */
  crash(): Promise<void>;
  /** Starts it again after a crash, at the same address. */
  start(): Promise<void>;
  /** Stops every process of it where it stands; connections stay open and nothing answers. */
  pause(): Promise<void>;
  resume(): Promise<void>;
}

/** A server started for one run, with throw-away data. */
export interface RunningService extends HurtableService {
  /** Connection URL on loopback, password included. */
  readonly url: string;
  /** Ends the server and deletes its data. */
  stop(): Promise<void>;
}

/** How a server runs as a child of this process. */
export interface ServerProgram {
  readonly name: string;
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly user: UnixUser | undefined;
  /** Written to its stdin. */
  readonly input: string;
  /** Ends it at once and leaves what is durable whole. */
  readonly crashSignal: NodeJS.Signals;
  readonly isUp: () => Promise<boolean>;
  readonly startDeadlineMs: number;
  readonly onLog: (chunk: Buffer) => void;
}

/** The processes of one server over all its lives. */
export class ServerProcess implements HurtableService {
  readonly #server: ServerProgram;
  #child: ChildProcess | undefined;
  #log = "";

  constructor(server: ServerProgram) {
    this.#server = server;
  }

  /** @throws Error with the last lines of its log when it ends or does not get ready */
  async start(): Promise<void> {
    const { name, program, args, cwd, user, input, startDeadlineMs, isUp } = this.#server;
    const child = spawn(program, args, { ...user, cwd, stdio: ["pipe", "pipe", "pipe"] });
    this.#child = child;
    const keep = (chunk: Buffer) => {
      this.#log = (this.#log + chunk.toString("utf8")).slice(-16_384);
      this.#server.onLog(chunk);
    };
    child.stdout.on("data", keep);
    child.stderr.on("data", keep);
    child.once("error", (error) => keep(Buffer.from(error.message)));
    child.stdin.on("error", () => {});
    child.stdin.end(input);
    await untilUp(child, isUp, { name, deadlineMs: startDeadlineMs, log: () => this.#log });
  }

  async crash(): Promise<void> {
    const child = this.#child;
    if (child === undefined) return;
    // A stopped process takes no signal but this.
    await this.resume();
    child.kill(this.#server.crashSignal);
    await ended(child);
  }

  async pause(): Promise<void> {
    for (const pid of await processTree(this.#child?.pid)) signal(pid, "SIGSTOP");
  }

  async resume(): Promise<void> {
    for (const pid of await processTree(this.#child?.pid)) signal(pid, "SIGCONT");
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It has ended in between.
  }
}

/** Resolves once the process has ended; at once when it already has. */
function ended(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => child.once("exit", () => resolve()));
}

/** Calls `isUp` until it is true; rejects when the process ends first or `deadlineMs` passes. */
async function untilUp(
  child: ChildProcess,
  isUp: () => Promise<boolean>,
  options: { name: string; deadlineMs: number; log: () => string },
): Promise<void> {
  const giveUpAt = Date.now() + options.deadlineMs;
  while (!(await isUp())) {
    const gone = child.pid === undefined || child.exitCode !== null || child.signalCode !== null;
    if (gone || Date.now() > giveUpAt) {
      const why = gone ? "ended while starting" : `was not up after ${options.deadlineMs} ms`;
      throw new Error(`${options.name} ${why}: ${options.log().trim().split("\n").slice(-5).join(" | ")}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
