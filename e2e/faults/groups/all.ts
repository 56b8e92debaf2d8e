import type { FaultCase } from "../fault-case.ts";
import { historyFaults } from "../history/history.ts";
import { clockFaults } from "./clock.ts";
import { dyingBackendFaults } from "./dying-backends.ts";
import { exhaustionFaults } from "./exhaustion.ts";
import { guessFaults } from "./guesses.ts";
import { herdFaults } from "./herd.ts";
import { lifeAndDeathFaults } from "./life-and-death.ts";
import { neighbourFaults } from "./neighbours.ts";
import { postgresFaults } from "./postgres.ts";
import { readerFaults } from "./readers.ts";
import { redisFaults } from "./redis.ts";
import { retriedFaults } from "./retried.ts";
import { startFaults } from "./starts.ts";
import { upkeepFaults } from "./upkeep.ts";
import { writeFaults } from "./writes.ts";

/** Every case, in the order of the list of faults. */
export const FAULTS: readonly FaultCase[] = [
  ...redisFaults,
  ...postgresFaults,
  ...writeFaults,
  ...dyingBackendFaults,
  ...retriedFaults,
  ...lifeAndDeathFaults,
  ...exhaustionFaults,
  ...upkeepFaults,
  ...neighbourFaults,
  ...clockFaults,
  ...herdFaults,
  ...guessFaults,
  ...startFaults,
  ...readerFaults,
  ...historyFaults,
];

/** What the test command tries: that nothing is lost, stored twice or in part. None of them depends on how fast the machine is. */
const QUICK: ReadonlySet<string> = new Set([
  "PF-2",
  "PF-9",
  "PF-11",
  "PF-12",
  "PF-12a",
  "PC-4",
  "RF-5",
  "RF-5a",
  "HC-1",
]);

export const quickFaults = (cases: readonly FaultCase[] = FAULTS): FaultCase[] =>
  cases.filter(({ id }) => QUICK.has(id));

/** Cases by id or by prefix of their ids; all when none is named. Throws for a name that is none. */
export function chooseFaults(names: readonly string[], cases: readonly FaultCase[] = FAULTS): FaultCase[] {
  if (names.length === 0) return [...cases];
  return names.flatMap((name) => {
    const wanted = name.toUpperCase();
    const chosen = cases.filter(({ id }) => id.toUpperCase() === wanted || id.split("-")[0] === wanted);
    if (chosen.length === 0) throw new Error(`There is no case "${name}": --list shows what there is`);
    return chosen;
  });
}
