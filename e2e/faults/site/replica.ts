import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "@org/services";
import { CollectorProcess } from "../../src/collector-process.ts";
import { until } from "../wire/until.ts";

/** What can be made to happen inside a collector. */
export interface Order {
  /** Steps its clock to so much ahead of the machine's. */
  readonly clockOffsetMs?: number;
  /** Keeps its event loop busy. */
  readonly blockMs?: number;
  readonly throws?: "exception" | "rejection";
  /** Fills its heap up to so much; 0 gives everything back. */
  readonly heapMiB?: number;
}

const INSIDE = new URL("./inside.mjs", import.meta.url).href;

/** Environment of a collector whose Node gets further options. */
export const withNodeOptions = (...options: readonly string[]): { NODE_OPTIONS: string } => ({
  NODE_OPTIONS: [`--import=${INSIDE}`, ...options].join(" "),
});

let compiled: string | undefined;
function compiledFolder(): string {
  if (compiled === undefined) {
    const folder = mkdtempSync(join(tmpdir(), "mcp-analytics-compiled-"));
    process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
    compiled = folder;
  }
  return compiled;
}

/** One collector of a site. */
export class Replica {
  readonly process: CollectorProcess;
  readonly metricsUrl: string;
  readonly #folder: string;
  #orders = 0;

  private constructor(process: CollectorProcess, metricsUrl: string, folder: string) {
    this.process = process;
    this.metricsUrl = metricsUrl;
    this.#folder = folder;
  }

  /** One that does not run yet. @param under see `CollectorProcess.prepare` */
  static async prepare(env: Record<string, string>, under?: readonly string[]): Promise<Replica> {
    const folder = mkdtempSync(join(tmpdir(), "mcp-analytics-faults-"));
    const metricsPort = await freePort();
    const own = {
      // Each of the many starts would else compile the same files again.
      NODE_COMPILE_CACHE: compiledFolder(),
      METRICS_PORT: String(metricsPort),
      ...withNodeOptions(),
      FAULTS_ORDERS: join(folder, "order"),
    };
    const collector = await CollectorProcess.prepare({ ...own, ...env }, under);
    return new Replica(collector, `http://127.0.0.1:${metricsPort}/metrics`, folder);
  }

  get url(): string {
    return this.process.url;
  }

  /** Resolves once it has heard. */
  async tell(order: Order): Promise<void> {
    const id = String(++this.#orders);
    const file = join(this.#folder, "order");
    writeFileSync(file, JSON.stringify({ id, ...order }));
    this.process.signal("SIGUSR2");
    await until(() => readText(`${file}.done`) === id, "the collector takes no order");
  }

  /** Value of a metric without labels. */
  async metric(name: string): Promise<number> {
    const text = await (await fetch(this.metricsUrl, { signal: AbortSignal.timeout(5_000) })).text();
    return Number(new RegExp(`^${name} (\\S+)$`, "m").exec(text)?.[1] ?? Number.NaN);
  }

  /** Whether limits are counted in the process because the shared store is out. */
  async isLimitingAlone(): Promise<boolean> {
    return (await this.metric("collector_limiter_fallback_active")) === 1;
  }

  async close(): Promise<void> {
    await this.process.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
