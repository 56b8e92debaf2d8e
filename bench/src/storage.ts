import { rounded } from "./figures/spread.ts";
import { present, suiteOptions } from "./figures/suite-options.ts";
import { table } from "./figures/table.ts";
import { judge, verdictTable } from "./figures/targets.ts";
import { withStage } from "./rounds/stage.ts";
import { EVENTS, measureStorage, type StorageFigures, type TableBytes } from "./storage/measure-storage.ts";

const HELP = `
Usage: pnpm bench storage [--json]

Bytes on disk for an event, all indexes included: one million events stored by the built collector, per the same in
the public guide's table, on real PostgreSQL. The exit code is 1 when the figure misses its target.
`;

export async function run(args: readonly string[]): Promise<void> {
  const options = suiteOptions(args, HELP, { rounds: 1 });
  if (options === undefined) return;
  const figures = await withStage(measureStorage);
  const must = judge({ bytesPerEventVsGuide: figures.bytesPerEventVsGuide });
  const result = {
    bytesPerEventVsGuide: rounded(figures.bytesPerEventVsGuide),
    passed: Object.values(must).every((verdict) => verdict.met),
    must,
    raw: figures,
  };
  present(result, options, ({ raw }) => `\n${sizeTable(raw)}\n\n${verdictTable(must)}\n`);
}

function sizeTable({ guide, ours }: StorageFigures): string {
  const row = (name: string, size: TableBytes, deliveries: number) => [
    name,
    rounded(size.heapBytesPerEvent),
    rounded(size.indexBytesPerEvent),
    rounded(deliveries),
    rounded(size.bytesPerEvent),
  ];
  return table([
    [`bytes an event, ${EVENTS} stored`, "rows", "indexes", "batch ids", "together"],
    row("the guide's table", guide, 0),
    row("collector", ours, ours.deliveryBytesPerEvent),
  ]);
}
