import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findProgram, freePort } from "@org/services";
import { Redis } from "ioredis";

/** A Redis of one test, in memory only, to be hurt. */
export class PrivateRedis {
  readonly url: string;
  /** For looking at it from outside; waits for it while it is out. */
  readonly admin: Redis;
  readonly #port: number;
  readonly #settings: readonly string[];
  readonly #folder = mkdtempSync(join(tmpdir(), "collector-redis-"));
  #child: ChildProcess | undefined;

  private constructor(port: number, settings: readonly string[]) {
    this.#port = port;
    this.#settings = settings;
    this.url = `redis://127.0.0.1:${port}`;
    this.admin = new Redis(port, "127.0.0.1", {
      maxRetriesPerRequest: null,
      retryStrategy: () => 50,
      lazyConnect: true,
    });
    this.admin.on("error", () => {});
  }

  /** @param settings lines of a Redis configuration */
  static async start(settings: readonly string[] = []): Promise<PrivateRedis> {
    const redis = await PrivateRedis.down(settings);
    await redis.up();
    return redis;
  }

  /** One that does not run yet. */
  static async down(settings: readonly string[] = []): Promise<PrivateRedis> {
    return new PrivateRedis(await freePort(), settings);
  }

  async up(): Promise<void> {
    const child = spawn(findProgram("redis-server") ?? "redis-server", ["-"], { stdio: ["pipe", "ignore", "ignore"] });
    const lines = [
      `port ${this.#port}`,
      "bind 127.0.0.1",
      'save ""',
      "appendonly no",
      `dir ${this.#folder}`,
      ...this.#settings,
      "",
    ];
    child.stdin.end(lines.join("\n"));
    this.#child = child;
    await this.admin.ping();
  }

  pause(): void {
    this.#child?.kill("SIGSTOP");
  }

  resume(): void {
    this.#child?.kill("SIGCONT");
  }

  async kill(): Promise<void> {
    const child = this.#child;
    if (child === undefined) return;
    this.#child = undefined;
    const exited = once(child, "exit");
    child.kill("SIGKILL");
    await exited;
  }

  async stop(): Promise<void> {
    this.admin.disconnect();
    await this.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** How often a script was called with its digest. */
  async scriptCalls(): Promise<number> {
    const stats = await this.admin.info("commandstats");
    return Number(/cmdstat_evalsha:calls=(\d+)/.exec(stats)?.[1] ?? 0);
  }
}
