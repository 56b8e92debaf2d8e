import { rounded } from "./figures/spread.ts";
import { present, suiteOptions } from "./figures/suite-options.ts";
import { judge, verdictTable } from "./figures/targets.ts";
import { measureMemory } from "./memory/measure-memory.ts";
import { withStage } from "./rounds/stage.ts";

const HELP = `
Usage: pnpm bench memory [--json]

Resident memory of one built collector over a million events of 200,000 keys and 100,000 keys that do not exist, on real
PostgreSQL and Redis: it has to stay flat. Takes about three minutes. The exit code is 1 when a figure misses its target.
`;

export async function run(args: readonly string[]): Promise<void> {
  const options = suiteOptions(args, HELP, { rounds: 1 });
  if (options === undefined) return;
  const raw = await withStage(measureMemory);
  const must = judge({ rssMegabytes: raw.rssMegabytes, rssGrowth: raw.rssGrowth });
  const result = {
    rssMegabytes: rounded(raw.rssMegabytes),
    rssGrowth: rounded(raw.rssGrowth),
    passed: Object.values(must).every((verdict) => verdict.met),
    must,
    raw,
  };
  present(
    result,
    options,
    () => `\nRSS by tenths of the run, MB: ${raw.rssByTenthMegabytes.join(" ")}\n\n${verdictTable(must)}\n`,
  );
}
