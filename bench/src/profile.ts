import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { table } from "./figures/table.ts";
import { type LoadShape, load } from "./load/wrk.ts";
import { type CpuProfile, selfTimes } from "./profile/self-times.ts";
import { withStage } from "./rounds/stage.ts";
import { startCollector } from "./servers/collector.ts";

const HELP = `
Usage: pnpm bench profile [--shape single|batch] [--connections N] [--seconds N] [--out FOLDER]

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
  const file = `${values.shape}-${Date.now()}.cpuprofile`;
  const { answers, answersPerSecond } = await withStage(async (stage) => {
    const collector = await startCollector(stage, {
      nodeArguments: ["--cpu-prof", `--cpu-prof-dir=${folder}`, `--cpu-prof-name=${file}`],
    });
    try {
      const report = await load({
        wrk: stage.wrk,
        keysFile: stage.keysFile,
        url: collector.server.url,
        shape: values.shape as LoadShape,
        connections: Number(values.connections),
        seconds: Number(values.seconds),
      });
      await collector.stop();
      return report;
    } finally {
      await collector.close();
    }
  });
  if (!readdirSync(folder).includes(file)) throw new Error("The collector left no profile.");
  const times = selfTimes(JSON.parse(readFileSync(join(folder, file), "utf8")) as CpuProfile);
  const lines = (entries: ReadonlyMap<string, number>, count: number) =>
    [...entries]
      .toSorted((a, b) => b[1] - a[1])
      .slice(0, count)
      .map(([name, microseconds]) => [(microseconds / answers).toFixed(2), name]);
  process.stdout.write(`${Math.round(answersPerSecond)} answers/s; µs per answer, by own time\n\n`);
  process.stdout.write(`${table([["µs", "module"], ...lines(times.byModule, 25)])}\n\n`);
  process.stdout.write(`${table([["µs", "function"], ...lines(times.byFunction, 60)])}\n\n${join(folder, file)}\n`);
}
