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
  singleVsBare: target("singleVsBare", "at least", 0.55, 0.85, "stored single events/s, c128, per bare Fastify"),
  singleVsNaive: target("singleVsNaive", "at least", 15, 22, "the same per naive guide server"),
  batchVsBare: target("batchVsBare", "at least", 0.3, 0.45, "100-event batches/s, c16, per bare Fastify"),
  batchVsNaive: target("batchVsNaive", "at least", 30, 50, "the same per naive guide server"),
  serverCpuVsBare: target("serverCpuVsBare", "at most", 1.6, 1.3, "server CPU per single event, per bare Fastify"),
  p99VsBareC32: target("p99VsBareC32", "at most", 3, 2, "p99 of single events, c32, per bare Fastify"),
  bytesPerEventVsGuide: target(
    "bytesPerEventVsGuide",
    "at most",
    0.45,
    0.39,
    "bytes on disk an event, per the guide's table",
  ),
  rssMegabytes: target("rssMegabytes", "at most", 250, 200, "RSS after 1M events and 100k bad keys, MB"),
  rssGrowth: target("rssGrowth", "at most", 1.1, 1.05, "RSS of the last tenth of the run per that of the first third"),
} as const;
export type Figure = keyof typeof TARGETS;

/** Holds figures against their targets. */
export function judge(figures: Partial<Record<Figure, number>>): Record<string, Verdict> {
  return Object.fromEntries(
    Object.entries(figures).map(([figure, value]) => {
      const { direction, must, aim } = TARGETS[figure as Figure];
      const reaches = (bound: number) => (direction === "at least" ? value >= bound : value <= bound);
      const sign = direction === "at least" ? ">=" : "<=";
      return [
        figure,
        {
          value: rounded(value),
          must: `${sign} ${must}`,
          aim: `${sign} ${aim}`,
          met: reaches(must),
          aimMet: reaches(aim),
        },
      ];
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
