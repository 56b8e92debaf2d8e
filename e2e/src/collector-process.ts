import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { EVENTS_PATH } from "@org/mcp-analytics-schema";
import { freePort } from "@org/services";
import { collectorCli } from "./built-files.ts";

const READY_DEADLINE_MS = 60_000;
const KEPT_LOG_CHARS = 4_194_304;

export interface CreatedKey {
  readonly id: string;
  readonly apiKey: string;
  readonly signingSecret: string;
}

/** The built collector as a process of its own, on one port for all of its lives. */
export class CollectorProcess {
  readonly url: string;
  readonly eventsUrl: string;
  readonly #env: Record<string, string>;
  #child: ChildProcess | undefined;
  #log = "";

  readonly #under: readonly string[];

  private constructor(port: number, env: Record<string, string>, under: readonly string[]) {
    this.#under = under;
    this.url = `http://127.0.0.1:${port}`;
    this.eventsUrl = `${this.url}${EVENTS_PATH}`;
    this.#env = { PATH: process.env.PATH ?? "", PORT: String(port), LOG_LEVEL: "info", ...env };
  }

  /** @param env settings of the collector; nothing else is inherited but PATH */
  static async start(env: Record<string, string>): Promise<CollectorProcess> {
    const collector = await CollectorProcess.prepare(env);
    await collector.start();
    return collector;
  }

  /**
   * One that does not run yet.
   *
   * @param under a program that is given the collector as its last arguments and becomes it
   */
  static async prepare(env: Record<string, string>, under: readonly string[] = []): Promise<CollectorProcess> {
    return new CollectorProcess(await freePort(), env, under);
  }

  /** Everything it wrote, over all its lives. */
  get log(): string {
    return this.#log;
  }

  /** of the life that runs now, or ran last */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  get isRunning(): boolean {
    return this.#child !== undefined && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Starts the process, and waits for nothing. */
  launch(): void {
    const [file = process.execPath, ...args] = [...this.#under, process.execPath, collectorCli(), "serve"];
    const child = spawn(file, args, { env: this.#env, stdio: ["ignore", "pipe", "pipe"] });
    this.#child = child;
    // It must not outlive whoever started it, also when they end by an error.
    const kill = () => child.kill("SIGKILL");
    process.once("exit", kill);
    child.once("exit", () => process.off("exit", kill));
    const keep = (chunk: Buffer) => {
      this.#log = (this.#log + chunk.toString("utf8")).slice(-KEPT_LOG_CHARS);
    };
    child.stdout.on("data", keep);
    child.stderr.on("data", keep);
  }

  async start(): Promise<void> {
    this.launch();
    await this.untilReady();
  }

  async untilReady(): Promise<void> {
    await this.#until(() => this.isReady(), "The collector did not get ready");
  }

  async #until(isSo: () => Promise<boolean>, otherwise: string): Promise<void> {
    const giveUpAt = Date.now() + READY_DEADLINE_MS;
    while (!(await isSo())) {
      if (!this.isRunning || Date.now() > giveUpAt) throw new Error(`${otherwise}:\n${this.#log}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** Waits until it answers at all, whether it can store or not. */
  async untilAlive(): Promise<void> {
    await this.#until(() => this.#isOk("/livez"), "The collector did not come to life");
  }

  isReady(): Promise<boolean> {
    return this.#isOk("/readyz");
  }

  async #isOk(path: string): Promise<boolean> {
    try {
      const answer = await fetch(`${this.url}${path}`, { signal: AbortSignal.timeout(2_000) });
      await answer.arrayBuffer();
      return answer.status === 200;
    } catch {
      return false;
    }
  }

  /** Ends it as a crash does: no shutdown code runs. */
  kill(): Promise<number | null> {
    return this.#end("SIGKILL");
  }

  /** Ends it as an operator does; resolves with the exit code. */
  stop(): Promise<number | null> {
    return this.#end("SIGTERM");
  }

  signal(signal: NodeJS.Signals): void {
    if (this.isRunning) this.#child?.kill(signal);
  }

  /** Exit code of this life once it is over; null after a signal. */
  async exited(): Promise<number | null> {
    const child = this.#child;
    if (child !== undefined && this.isRunning) await once(child, "exit");
    return child?.exitCode ?? null;
  }

  #end(signal: NodeJS.Signals): Promise<number | null> {
    this.signal(signal);
    return this.exited();
  }

  /** Runs another command of the collector's CLI on the same storage, also while it serves. */
  async cli(...args: string[]): Promise<string> {
    const child = spawn(process.execPath, [collectorCli(), ...args], {
      env: { ...this.#env, PUBLIC_URL: this.url },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    let errors = "";
    child.stdout.on("data", (chunk: Buffer) => {
      output += chunk.toString("utf8");
    });
    child.stderr.on("data", (chunk: Buffer) => {
      errors += chunk.toString("utf8");
    });
    const [exitCode] = await once(child, "close");
    if (exitCode !== 0) throw new Error(`collector ${args.join(" ")} ended with ${exitCode}: ${errors}${output}`);
    return output;
  }

  async createKey(...options: string[]): Promise<CreatedKey> {
    const { id, key, signingSecret } = JSON.parse(await this.cli("keys", "create", "--json", ...options));
    return { id, apiKey: key, signingSecret };
  }

  /** A fresh link that signs one browser in. */
  async adminLink(): Promise<string> {
    const link = /https?:\/\/\S+#sign-in=\S+/.exec(await this.cli("admin-link"))?.[0];
    if (link === undefined) throw new Error("collector admin-link printed no link");
    return link;
  }
}
