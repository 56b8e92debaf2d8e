import { MEAN_EVENTS, MOST_EVENTS, writeFleetBatches } from "../load/fleet-batches.ts";
import { type LoadReport, type LoadShape, load } from "../load/wrk.ts";
import type { BenchStage } from "./measure.ts";

const EVENTS_PER_BATCH = 100;
/** Batches are written ahead. A server that stores nothing may get them again; one that stores them must not. */
const BATCHES_PER_SECOND = 20_000;

/** Loads of one shape on one server, one after the other; each goes on with the keys where the last one ended. */
export interface Runs {
  readonly eventsPerAnswer: number;
  /** events in all answers so far */
  readonly acceptedEvents: number;
  /** by how many the events that are stored may differ from those, because requests were in flight at an end */
  readonly uncertainEvents: number;
  /** A server was faster than the batches written ahead, so some were sent twice. */
  readonly repeated: boolean;
  load(seconds: number): Promise<LoadReport>;
}

export function startRuns(stage: BenchStage, shape: LoadShape, url: string, connections: number): Runs {
  const isBatch = shape === "batch" || shape === "fleetBatch";
  const eventsPerAnswer = shape === "batch" ? EVENTS_PER_BATCH : shape === "fleetBatch" ? MEAN_EVENTS : 1;
  const mostEvents = shape === "fleetBatch" ? MOST_EVENTS : eventsPerAnswer;
  let answers = 0;
  let loads = 0;
  let repeated = false;

  /** @returns the file that the load script reads */
  function prepare(seconds: number): string {
    if (shape !== "fleetBatch") return shape === "fleetSingle" ? stage.files.fleet : stage.files.hot;
    const { files, fleet: keys, masterSecret } = stage;
    const count = BATCHES_PER_SECOND * seconds;
    writeFleetBatches({ file: files.requests, keys, masterSecret, first: answers + loads * connections, count });
    return files.requests;
  }

  return {
    eventsPerAnswer,
    get acceptedEvents() {
      return answers * eventsPerAnswer;
    },
    get uncertainEvents() {
      return loads * connections * mostEvents * (isBatch ? 2 : 1);
    },
    get repeated() {
      return repeated;
    },
    async load(seconds) {
      const first = answers + loads * connections;
      const keysFile = prepare(seconds);
      const report = await load({ wrk: stage.wrk, url, shape, connections, seconds, keysFile, first });
      answers += report.answers;
      loads += 1;
      if (shape === "fleetBatch" && report.answers + connections > BATCHES_PER_SECOND * seconds) repeated = true;
      return report;
    },
  };
}
