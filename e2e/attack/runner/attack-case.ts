import type { Trial } from "./trial.ts";

/**
 * What a case cannot do without. `stack`: the database, the logs, keys of its own choice, replicas or faults, which only our
 * own stack has; `signing`: a key with its signing secret; `key`: a key; `nothing`: any collector will do.
 */
export type Need = "stack" | "signing" | "key" | "nothing";

/**
 * When a case runs. `beside`: at the same time as all others, for those that wait for a timeout; `alone`: after all others,
 * for those that take something away from everybody.
 */
export type Lane = "beside" | "in-turn" | "alone";

export interface AttackCase {
  /** As in the list of attacks, such as `AU-1`; further cases of a row have a letter, neighbours an `N` before the number. */
  readonly id: string;
  /** What is tried, and what must come of it. */
  readonly what: string;
  readonly needs: Need;
  readonly lane: Lane;
  /** It breaks something on purpose, so a 5xx and errors in the log are no failure. */
  readonly isFault: boolean;
  readonly run: (trial: Trial) => Promise<void>;
}

export interface AttackGroup {
  /** What `--group` takes, besides the prefix of the ids. */
  readonly name: string;
  readonly cases: readonly AttackCase[];
}

type Options = Partial<Pick<AttackCase, "needs" | "lane" | "isFault">>;

/** Describes a case. It needs a key, runs in turn and breaks nothing unless `options` say otherwise. */
export function attack(
  id: string,
  what: string,
  optionsOrRun: Options | AttackCase["run"],
  maybeRun?: AttackCase["run"],
): AttackCase {
  const [options, run] =
    typeof optionsOrRun === "function" ? [{}, optionsOrRun] : [optionsOrRun, maybeRun as AttackCase["run"]];
  return { id, what, needs: "key", lane: "in-turn", isFault: false, ...options, run };
}
