import type { Measurement } from "../rounds/measure.ts";
import { LOAD_NAMES, LOADS, type LoadName, type Round } from "../rounds/measure-round.ts";
import type { ContestantName } from "../servers/contestants.ts";
import type { StorageFigures } from "../storage/measure-storage.ts";
import { rounded, type Spread, spreadOf } from "./spread.ts";
import { table } from "./table.ts";
import { judge, type Verdict, verdictTable } from "./targets.ts";

type Measure = keyof Measurement;
type RawFigures = Readonly<Record<LoadName, Partial<Record<ContestantName, Readonly<Record<Measure, Spread>>>>>>;

export interface IngestResult extends Readonly<Record<IngestFigure, number>> {
  readonly bytesPerEventVsGuide: number;
  /** every `must` is met */
  readonly passed: boolean;
  readonly must: Readonly<Record<string, Verdict>>;
  readonly raw: {
    readonly rounds: number;
    readonly ratios: Readonly<Record<IngestFigure, Spread>>;
    readonly loads: RawFigures;
    readonly storage: StorageFigures;
  };
}

type Ratio = (round: Round) => number;

function per(load: LoadName, one: ContestantName, other: ContestantName, measure: Measure): Ratio {
  return (round) => (round[load][one]?.[measure] ?? Number.NaN) / (round[load][other]?.[measure] ?? Number.NaN);
}

const singleVsNaive = per("single", "ours", "naive", "answersPerSecond");
const bareVsNaive = per("single", "bare", "naive", "answersPerSecond");

const RATIOS = {
  fleetSingleVsBare: per("fleetSingle", "ours", "bare", "answersPerSecond"),
  fleetBatchVsBare: per("fleetBatch", "ours", "bare", "answersPerSecond"),
  fleetCpuVsBare: per("fleetSingle", "ours", "bare", "serverCpuMicroseconds"),
  singleVsBare: per("single", "ours", "bare", "answersPerSecond"),
  batchVsBare: per("batch", "ours", "bare", "answersPerSecond"),
  singleVsNaiveShare: (round) => singleVsNaive(round) / bareVsNaive(round),
  p99VsBareC32: per("singleC32", "ours", "bare", "p99Ms"),
  // Without a target: what the ones above are made of, and what the fleet gains over the guide.
  singleVsNaive,
  bareVsNaive,
  batchVsNaive: per("batch", "ours", "naive", "answersPerSecond"),
  fleetSingleVsNaive: per("fleetSingle", "ours", "naive", "answersPerSecond"),
  fleetBatchVsNaive: per("fleetBatch", "ours", "naive", "answersPerSecond"),
} as const satisfies Record<string, Ratio>;
type IngestFigure = keyof typeof RATIOS;

/** Medians over the rounds; ratios are taken within each round first. */
export function ingestResult(rounds: readonly Round[], storage: StorageFigures): IngestResult {
  const ratios = mapValues(RATIOS, (ratio) => spreadOf(rounds.map(ratio)));
  const figures = {
    ...mapValues(ratios, (spread) => spread.median),
    bytesPerEventVsGuide: storage.bytesPerEventVsGuide,
  };
  const must = judge(figures);
  return {
    ...mapValues(figures, rounded),
    passed: Object.values(must).every((verdict) => verdict.met),
    must,
    raw: {
      rounds: rounds.length,
      ratios: mapValues(ratios, (spread) => mapValues(spread, rounded)),
      loads: rawFigures(rounds),
      storage,
    },
  };
}

function rawFigures(rounds: readonly Round[]): RawFigures {
  return mapValues(LOADS, ({ servers }, load) =>
    Object.fromEntries(
      servers.map((server) => {
        const measured = rounds.flatMap((round) => round[load][server] ?? []);
        const measures = Object.keys(measured[0] ?? {}) as Measure[];
        return [server, Object.fromEntries(measures.map((m) => [m, roundedSpread(measured.map((one) => one[m]))]))];
      }),
    ),
  ) as RawFigures;
}

function roundedSpread(numbers: readonly number[]): Spread {
  return mapValues(spreadOf(numbers), rounded);
}

function mapValues<Key extends string, From, To>(
  record: Readonly<Record<Key, From>>,
  change: (value: From, key: Key) => To,
): Record<Key, To> {
  return Object.fromEntries(
    Object.entries<From>(record).map(([key, value]) => [key, change(value, key as Key)]),
  ) as Record<Key, To>;
}

/** The result for people: what was measured, then the ratios against their targets. */
export function ingestText(result: IngestResult): string {
  const rows = LOAD_NAMES.flatMap((load) =>
    Object.entries(result.raw.loads[load]).map(([server, figures]) => [
      `${LOADS[load].shape} c${LOADS[load].connections}`,
      server,
      spreadText(figures.answersPerSecond),
      spreadText(figures.p50Ms),
      spreadText(figures.p99Ms),
      spreadText(figures.serverCpuMicroseconds),
      String(figures.generatorCpuMicroseconds.median),
      String(figures.rssMegabytes.median),
      `${Math.round(figures.othersShare.median * 100)} %`,
    ]),
  );
  const head = [
    "load",
    "server",
    "answers/s",
    "p50 ms",
    "p99 ms",
    "server CPU µs",
    "wrk CPU µs",
    "RSS MB",
    "other work",
  ];
  const title = `Median [min..max] of ${result.raw.rounds} rounds; a batch has 100 events, of a fleet 5 on average. Other work: its share of the machine just before.`;
  return `\n${title}\n\n${table([head, ...rows])}\n\n${verdictTable(result.must, result.raw.ratios)}\n`;
}

function spreadText({ median, min, max }: Spread): string {
  return `${median} [${min}..${max}]`;
}
