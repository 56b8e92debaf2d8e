import { authentication } from "./authentication.ts";
import { fuzz } from "./fuzz.ts";
import { limits } from "./limits.ts";
import { payload } from "./payload.ts";
import { pollution } from "./pollution.ts";
import { privacy } from "./privacy.ts";
import { protocol } from "./protocol.ts";
import { replay } from "./replay.ts";
import type { AttackCase, AttackGroup } from "./runner/attack-case.ts";
import { signature } from "./signature.ts";
import { timing } from "./timing.ts";

/** Every group, in the order of the list of attacks. */
export const GROUPS: readonly AttackGroup[] = [
  authentication,
  signature,
  replay,
  limits,
  payload,
  protocol,
  pollution,
  privacy,
  timing,
  fuzz,
];

/** Cases of the groups that are named, by name or by prefix of their ids; of all groups when none is. Throws for a name that is none. */
export function chooseCases(names: readonly string[], groups: readonly AttackGroup[] = GROUPS): AttackCase[] {
  if (names.length === 0) return groups.flatMap(({ cases }) => cases);
  return names.flatMap((name) => {
    const wanted = name.toLowerCase();
    const chosen = groups
      .flatMap((group) => group.cases.map((attackCase) => ({ group, attackCase })))
      .filter(({ group, attackCase }) => {
        const id = attackCase.id.toLowerCase();
        return group.name === wanted || id === wanted || id.split("-")[0] === wanted;
      });
    if (chosen.length === 0) throw new Error(`There is no group or case "${name}": --list shows what there is`);
    return chosen.map(({ attackCase }) => attackCase);
  });
}
