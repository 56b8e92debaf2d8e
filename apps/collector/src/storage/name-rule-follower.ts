import type { Dictionary } from "./dictionary.ts";
import { CHANGED_WITHIN_MS, type NameRuleStore } from "./name-rule-store.ts";

/**
 * Makes dictionaries go by what operators have decided since the last look. Where that look was so long ago that a change may
 * have passed unseen, after an outage or a sleep of the machine, everything is loaded again.
 *
 * @param now Unix ms
 * @returns one look; rejects when the database is out
 */
export function createNameRuleFollower(
  store: Pick<NameRuleStore, "recentlyChanged">,
  dictionaries: readonly Pick<Dictionary, "forget" | "forgetAll">[],
  now: () => number,
): () => Promise<void> {
  let lookedAtMs = now();
  return async () => {
    const startedAtMs = now();
    const changed = await store.recentlyChanged();
    // Half of the time, for the clock of the database and the way there.
    const missed = Math.abs(startedAtMs - lookedAtMs) > CHANGED_WITHIN_MS / 2;
    lookedAtMs = startedAtMs;
    for (const dictionary of dictionaries) {
      if (missed) dictionary.forgetAll();
      else for (const projectId of changed) dictionary.forget(projectId);
    }
  };
}
