import { rounded, type Spread } from "./spread.ts";
import { table } from "./table.ts";

export interface Target {
  readonly figure: string;
  readonly description: string;
  readonly direction: "at least" | "at most";
  readonly must: number;
  readonly aim: number;
}

export interface Verdict {
  readonly value: number;
  readonly must: string;
  readonly aim: string;
  readonly met: boolean;
  readonly aimMet: boolean;
}

function target(
  figure: string,
  direction: Target["direction"],
  must: number,
  aim: number,
  description: string,
): Target {
  return { figure, direction, must, aim, description };
}

/** What the collector has to reach, taken on one machine in one run. */
export const TARGETS = {
  fleetSingleVsBare: target(
    "fleetSingleVsBare",
    "at least",
    0.35,
    0.55,
    "fleet, stored single events/s, c128, per bare",
  ),
  fleetBatchVsBare: target("fleetBatchVsBare", "at least", 0.35, 0.5, "fleet, batches/s of 5 events, c128, per bare"),
  fleetCpuVsBare: target("fleetCpuVsBare", "at most", 2.6, 1.8, "fleet, server CPU per single event, per bare"),
  singleVsBare: target("singleVsBare", "at least", 0.5, 0.7, "hot, stored single events/s, c128, per bare"),
  batchVsBare: target("batchVsBare", "at least", 0.33, 0.45, "hot, 100-event batches/s, c16, per bare"),
  singleVsNaiveShare: target(
    "singleVsNaiveShare",
    "at least",
    0.5,
    0.7,
    "hot single events/s per naive, of what bare gives",
  ),
  p99VsBareC32: target("p99VsBareC32", "at most", 3.5, 2, "hot, p99 of single events, c32, per bare"),
  bytesPerEventVsGuide: target(
    "bytesPerEventVsGuide",
    "at most",
    0.45,
    0.42,
    "bytes on disk an event, per the guide's table",
  ),
  rssMegabytes: target("rssMegabytes", "at most", 300, 250, "RSS after 1M events of 200k keys and 100k bad keys, MB"),
  rssGrowth: target("rssGrowth", "at most", 1.1, 1.05, "RSS of the last tenth of the run per that of the second fifth"),
} as const;
export type Figure = keyof typeof TARGETS;

/** Holds figures against their targets; a figure without one is left out. */
export function judge(figures: Readonly<Record<string, number>>): Record<string, Verdict> {
  return Object.fromEntries(
    Object.entries(figures).flatMap(([figure, value]) => {
      if (!Object.hasOwn(TARGETS, figure)) return [];
      const { direction, must, aim } = TARGETS[figure as Figure];
      const reaches = (bound: number) => (direction === "at least" ? value >= bound : value <= bound);
      const sign = direction === "at least" ? ">=" : "<=";
      const verdict = {
        value: rounded(value),
        must: `${sign} ${must}`,
        aim: `${sign} ${aim}`,
        met: reaches(must),
        aimMet: reaches(aim),
      };
      return [[figure, verdict] as const];
    }),
  );
}

/** Verdicts for people, with the spread of each figure where it has one. */
export function verdictTable(
  must: Readonly<Record<string, Verdict>>,
  spreads: Readonly<Record<string, Spread>> = {},
): string {
  const rows = Object.entries(must).map(([figure, verdict]) => {
    const spread = spreads[figure];
    return [
      TARGETS[figure as Figure].description,
      spread === undefined ? String(verdict.value) : `${verdict.value} [${spread.min}..${spread.max}]`,
      verdict.must,
      verdict.aim,
      verdict.aimMet ? "aim met" : verdict.met ? "met" : "MISSED",
    ];
  });
  return table([["figure", "value", "must", "aim", ""], ...rows]);
}
