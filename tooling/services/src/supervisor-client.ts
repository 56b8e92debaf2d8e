import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface, type Interface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { HurtableService } from "./running-service.ts";
import type { Act, SupervisorOrder } from "./supervisor-messages.ts";

export interface SupervisorUrls {
  readonly databaseUrl?: string;
  readonly redisUrl?: string;
}

/** The supervisor of the servers of this run, which outlives this process only for as long as it takes to end them. */
export class SupervisorClient {
  readonly #child: ChildProcess;
  readonly #lines: Interface;
  readonly #failed: Promise<never>;
  #talk: Promise<unknown> = Promise.resolve();

  constructor() {
    const script = fileURLToPath(new URL("./supervisor.ts", import.meta.url));
    // Before Node 22.18 type stripping is behind this flag; later versions accept it as well.
    const child = spawn(process.execPath, ["--experimental-strip-types", "--no-warnings", script], {
      stdio: ["pipe", "pipe", "inherit"],
      detached: true,
    });
    child.stdin.on("error", () => {});
    this.#child = child;
    this.#lines = createInterface({ input: child.stdout });
    this.#failed = new Promise<never>((_, reject) => {
      child.once("error", reject);
      child.once("exit", (code) => reject(new Error(`The process that starts the services ended with code ${code}.`)));
    });
    this.#failed.catch(() => {});
  }

  /** @throws Error with what to install when there is no way to have one of the servers */
  async bring(order: SupervisorOrder): Promise<SupervisorUrls> {
    try {
      return await this.#ask(order);
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  /** What can be done to one of the servers. */
  service(server: Act["server"]): HurtableService {
    const act = (name: Act["act"]) => async () => {
      await this.#ask({ server, act: name });
    };
    return { crash: act("crash"), start: act("start"), pause: act("pause"), resume: act("resume") };
  }

  async stop(): Promise<void> {
    this.#hold(true);
    const exited = this.#child.exitCode === null && this.#child.pid !== undefined && once(this.#child, "exit");
    this.#child.stdin?.end();
    await exited;
  }

  /** One question after the other: answers carry no name. */
  #ask(message: SupervisorOrder | Act): Promise<SupervisorUrls> {
    const answer = this.#talk.then(() => this.#exchange(message));
    this.#talk = answer.catch(() => {});
    return answer;
  }

  async #exchange(message: SupervisorOrder | Act): Promise<SupervisorUrls> {
    this.#hold(true);
    this.#child.stdin?.write(`${JSON.stringify(message)}\n`);
    const [line] = (await Promise.race([once(this.#lines, "line"), this.#failed])) as [string];
    this.#hold(false);
    const { error, ...urls } = JSON.parse(line) as SupervisorUrls & { error?: string };
    if (error !== undefined) throw new Error(error);
    return urls;
  }

  /** A caller that forgets to stop must still be able to exit; its exit closes the pipe, and that stops the servers. */
  #hold(hold: boolean): void {
    const streams = [this.#child.stdin, this.#child.stdout] as unknown as { ref(): void; unref(): void }[];
    for (const handle of [this.#child, ...streams]) {
      if (hold) handle.ref();
      else handle.unref();
    }
  }
}
