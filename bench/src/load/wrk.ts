import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

export type LoadShape = "single" | "batch" | "fleetSingle" | "fleetBatch";

const SCRIPTS: Readonly<Record<LoadShape, string>> = {
  single: "single.lua",
  batch: "batch.lua",
  fleetSingle: "fleet-single.lua",
  fleetBatch: "fleet-batch.lua",
};

export interface LoadOrder {
  readonly wrk: string;
  readonly url: string;
  readonly shape: LoadShape;
  readonly connections: number;
  readonly seconds: number;
  /** file with one API key a line; of `fleetBatch` with one request a line */
  readonly keysFile: string;
  /** number of the first request of `fleetSingle`: keys and addresses go on from there */
  readonly first?: number;
}

export interface LoadReport {
  /** answers that arrived whole, each with a status below 400 */
  readonly answers: number;
  readonly answersPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** of wrk, per answer, without the reading of its files; it shares the cores with the server */
  readonly generatorCpuMicroseconds: number;
}

const run = promisify(execFile);

/** Sends as fast as the connections allow for the time given. Rejects when any answer was an error or any connection broke. */
export async function load(order: LoadOrder): Promise<LoadReport> {
  const script = fileURLToPath(new URL(`./${SCRIPTS[order.shape]}`, import.meta.url));
  const { stdout } = await run(
    order.wrk,
    [
      "--threads=1",
      `--connections=${order.connections}`,
      `--duration=${order.seconds}s`,
      "--timeout=10s",
      `--script=${script}`,
      order.url,
      "--",
      order.keysFile,
      randomBytes(3).toString("hex"),
      String(order.first ?? 0),
    ],
    { timeout: (order.seconds + 30) * 1_000 },
  );
  const line = stdout.split("\n").find((candidate) => candidate.startsWith("{"));
  if (line === undefined) throw new Error(`wrk printed no report: ${stdout.trim()}`);
  const report = JSON.parse(line) as Record<string, number>;
  const { answers = 0, durationMicroseconds = 0, p50Microseconds = 0, p99Microseconds = 0 } = report;
  const { generatorCpuMicroseconds = 0 } = report;
  if (report.refused !== 0 || report.broken !== 0) {
    throw new Error(`void: ${answers} answers, ${report.refused} of them errors, ${report.broken} broken connections`);
  }
  return {
    answers,
    answersPerSecond: answers / (durationMicroseconds / 1e6),
    p50Ms: p50Microseconds / 1_000,
    p99Ms: p99Microseconds / 1_000,
    generatorCpuMicroseconds: generatorCpuMicroseconds / answers,
  };
}
