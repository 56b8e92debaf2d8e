import type { ContestantName } from "../servers/contestants.ts";
import { type BenchStage, type Load, type Measurement, measure } from "./measure.ts";

/** A machine of which others take more than this tells nothing about servers that share its cores. */
const CALM_SHARE = 0.2;

/** Each load is given to its servers one after the other, in this order, in each round. */
export const LOADS = {
  single: { shape: "single", connections: 128, servers: ["bare", "naive", "ours"] },
  singleC32: { shape: "single", connections: 32, servers: ["bare", "ours"] },
  batch: { shape: "batch", connections: 16, servers: ["bare", "naive", "ours"] },
  fleetSingle: { shape: "fleetSingle", connections: 128, servers: ["bare", "naive", "ours"] },
  fleetBatch: { shape: "fleetBatch", connections: 128, servers: ["bare", "naive", "ours"] },
} as const satisfies Record<string, Load & { servers: readonly ContestantName[] }>;
export type LoadName = keyof typeof LOADS;
export const LOAD_NAMES = Object.keys(LOADS) as readonly LoadName[];

export type Round = Readonly<Record<LoadName, Partial<Record<ContestantName, Measurement>>>>;

/** Measures every server under every load of its, one at a time. Says on stderr how far it is. */
export async function measureRound(stage: BenchStage, title: string): Promise<Round> {
  const round = Object.fromEntries(LOAD_NAMES.map((name) => [name, {}])) as Record<
    LoadName,
    Partial<Record<ContestantName, Measurement>>
  >;
  for (const name of LOAD_NAMES) {
    for (const server of LOADS[name].servers) {
      const measured = await measure(server, LOADS[name], stage);
      round[name][server] = measured;
      const rate = `${Math.round(measured.answersPerSecond)} answers/s`;
      const cpu = `${Math.round(measured.serverCpuMicroseconds)} µs of CPU each`;
      const disturbed =
        measured.othersShare > CALM_SHARE ? "; the machine is busy with other work, this says little" : "";
      process.stderr.write(
        `${title}, ${name}, ${server}: ${rate}, p99 ${measured.p99Ms.toFixed(1)} ms, ${cpu}${disturbed}\n`,
      );
    }
  }
  return round;
}
