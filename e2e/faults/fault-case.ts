import type { Case } from "../src/cases/run-cases.ts";
import type { Sites } from "./site/sites.ts";

export interface FaultCase extends Case {
  readonly run: (sites: Sites) => Promise<void>;
}

/** Describes a case. Its lane is that of the site which it hurts. */
export function fault(lane: string, id: string, what: string, run: FaultCase["run"]): FaultCase {
  return { id, what, lane, run };
}
