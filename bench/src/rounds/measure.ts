import type { ApiKey } from "../load/api-keys.ts";
import type { LoadShape } from "../load/wrk.ts";
import type { Contestant } from "../servers/contestant.ts";
import { type ContestantName, type ContestantOrder, startContestant } from "../servers/contestants.ts";
import { busyShare } from "./busy-share.ts";
import { type Runs, startRuns } from "./runs.ts";

export const WARM_UP_SECONDS = 3;
/** A server is warm when a load of `WARM_UP_SECONDS` was no faster than the best before by more than this. */
const WARM_GAIN = 1.05;
const MAX_WARM_UPS = 8;
const MEASURED_SECONDS = 4;

export interface BenchStage extends ContestantOrder {
  readonly wrk: string;
  /** API keys, one a line; requests are written into the last one before each run that needs them */
  readonly files: { readonly hot: string; readonly fleet: string; readonly requests: string };
  /** 200,000 keys of tier `free`, each of which sends now and then */
  readonly fleet: readonly ApiKey[];
}

export interface Load {
  readonly shape: LoadShape;
  readonly connections: number;
}

export interface Measurement {
  readonly answersPerSecond: number;
  readonly eventsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** of the server process alone, all its threads */
  readonly serverCpuMicroseconds: number;
  /** of the load generator, per answer */
  readonly generatorCpuMicroseconds: number;
  readonly rssMegabytes: number;
  /** Part of the machine that other work took just before, 0 to 1; above 0.2 the figures say little. */
  readonly othersShare: number;
}

/**
 * One server, started afresh, warmed up and measured under one load. Rejects when the figure would be void: an answer
 * that was an error, or events in the database that do not add up to the answers.
 */
export async function measure(
  name: ContestantName,
  { shape, connections }: Load,
  stage: BenchStage,
): Promise<Measurement> {
  const isFleet = shape === "fleetSingle" || shape === "fleetBatch";
  const keys = isFleet ? stage.fleet : stage.keys;
  const contestant = await startContestant(name, { ...stage, keys, tier: isFleet ? "free" : "enterprise" });
  const { server } = contestant;
  const runs = startRuns(stage, shape, server.url, connections);
  try {
    await warmUp(runs);
    await untilStill(contestant);
    const othersShare = await busyShare();
    const before = await server.usage();
    const measured = await runs.load(MEASURED_SECONDS);
    if (measured.answers === 0) throw new Error(`void: ${name} gave no answer in ${MEASURED_SECONDS} s`);
    const after = await server.usage();
    await contestant.stop();
    const stored = await contestant.storedEvents();
    if (stored !== undefined) checkStored(name, stored, runs);
    return {
      answersPerSecond: measured.answersPerSecond,
      eventsPerSecond: measured.answersPerSecond * runs.eventsPerAnswer,
      p50Ms: measured.p50Ms,
      p99Ms: measured.p99Ms,
      serverCpuMicroseconds: (after.cpuMicroseconds - before.cpuMicroseconds) / measured.answers,
      generatorCpuMicroseconds: measured.generatorCpuMicroseconds,
      rssMegabytes: after.rssBytes / 1e6,
      othersShare,
    };
  } finally {
    await contestant.close();
  }
}

/**
 * Loads a server until it no longer gets faster: the longer the path of a request, the longer the compiler of V8 takes to
 * come to it, and what is measured is a server that has been up for a while.
 */
async function warmUp(runs: Runs): Promise<void> {
  let best = 0;
  for (let attempt = 0; attempt < MAX_WARM_UPS; attempt++) {
    const { answers } = await runs.load(WARM_UP_SECONDS);
    if (answers < best * WARM_GAIN) return;
    best = answers;
  }
}

/** wrk hangs up on requests that the server goes on with: they must be over before anything is measured. */
async function untilStill({ storedEvents }: Contestant): Promise<void> {
  let last = await storedEvents();
  for (let attempt = 0; last !== undefined && attempt < 50; attempt++) {
    await new Promise((resolve) => setTimeout(resolve, 200));
    const current = await storedEvents();
    if (current === last) return;
    last = current;
  }
}

/**
 * Every accepted answer is stored, and nothing else but what wrk had sent when it hung up: each load ends with at most one
 * request in flight on each connection.
 */
function checkStored(name: ContestantName, stored: number, { acceptedEvents, uncertainEvents, repeated }: Runs): void {
  if (repeated)
    throw new Error(`void: ${name} got batches twice, raise BATCHES_PER_SECOND in bench/src/rounds/runs.ts`);
  if (Math.abs(stored - acceptedEvents) <= uncertainEvents) return;
  throw new Error(
    `void: ${name} accepted ${acceptedEvents} events and stored ${stored} (${uncertainEvents} were in flight)`,
  );
}
