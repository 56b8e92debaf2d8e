import { mkdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { table } from "./figures/table.ts";
import type { LoadReport, LoadShape } from "./load/wrk.ts";
import { selfTimes } from "./profile/self-times.ts";
import { WARM_UP_SECONDS } from "./rounds/measure.ts";
import { startRuns } from "./rounds/runs.ts";
import { withStage } from "./rounds/stage.ts";
import { startCollector } from "./servers/collector.ts";

const SHAPES: readonly LoadShape[] = ["single", "batch", "fleetSingle", "fleetBatch"];

const HELP = `
Usage: pnpm bench profile [--shape single|batch|fleetSingle|fleetBatch] [--connections N] [--seconds N] [--out FOLDER]

Where the built collector spends its time under load: a CPU profile for the developer tools of a browser, and the
functions and modules with the most time of their own.
`;

export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      shape: { type: "string", default: "single" },
      connections: { type: "string", default: "128" },
      seconds: { type: "string", default: "6" },
      out: { type: "string", default: join(tmpdir(), "mcp-analytics-profiles") },
      help: { type: "boolean", short: "h" },
    },
  });
  if (values.help === true) {
    process.stdout.write(HELP.trimStart());
    return;
  }
  const folder = resolve(values.out);
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${values.shape}-${Date.now()}.cpuprofile`);
  const shape = SHAPES.find((known) => known === values.shape);
  if (shape === undefined) throw new Error(`--shape must be one of ${SHAPES.join(", ")}`);
  const { answers, answersPerSecond, profile } = await withStage(async (stage) => {
    const isFleet = shape.startsWith("fleet");
    const collector = await startCollector(isFleet ? { ...stage, keys: stage.fleet, tier: "free" } : stage);
    const runs = startRuns(stage, shape, collector.server.url, Number(values.connections));
    try {
      await runs.load(WARM_UP_SECONDS);
      let report: LoadReport | undefined;
      const profile = await collector.server.profile(async () => {
        report = await runs.load(Number(values.seconds));
      });
      return { ...(report as unknown as LoadReport), profile };
    } finally {
      await collector.close();
    }
  });
  writeFileSync(file, JSON.stringify(profile));
  const times = selfTimes(profile);
  const lines = (entries: ReadonlyMap<string, number>, count: number) =>
    [...entries]
      .toSorted((a, b) => b[1] - a[1])
      .slice(0, count)
      .map(([name, microseconds]) => [(microseconds / answers).toFixed(2), name]);
  process.stdout.write(`${Math.round(answersPerSecond)} answers/s; µs per answer, by own time\n\n`);
  process.stdout.write(`${table([["µs", "module"], ...lines(times.byModule, 25)])}\n\n`);
  process.stdout.write(`${table([["µs", "function"], ...lines(times.byFunction, 60)])}\n\n${file}\n`);
}
