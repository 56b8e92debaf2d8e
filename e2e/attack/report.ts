import type { CaseResult } from "./runner/run-cases.ts";

const MARKS = { passed: "ok    ", failed: "FAILED", skipped: "skip  " };

export interface Summary {
  readonly cases: number;
  readonly passed: number;
  readonly skipped: number;
  readonly failed: readonly { readonly id: string; readonly what: string; readonly reason: string }[];
  /** Cases that were tried again because Redis was late or a day ended meanwhile. */
  readonly repeated: number;
  readonly seconds: number;
}

export function summarise(results: readonly CaseResult[], seconds: number): Summary {
  const having = (outcome: CaseResult["outcome"]) => results.filter((result) => result.outcome === outcome);
  const failed = having("failed").map(({ id, what, reason = "" }) => ({ id, what, reason }));
  return {
    cases: results.length,
    passed: having("passed").length,
    skipped: having("skipped").length,
    failed,
    repeated: results.filter(({ tries }) => tries > 1).length,
    seconds,
  };
}

/** One line for a case, and one for why it is not ok. */
export function caseLine({ id, what, outcome, reason, tries, tookMs }: CaseResult): string {
  const repeated = tries > 1 ? `, ${tries} tries as Redis was late or a day ended` : "";
  const line = `${MARKS[outcome]} ${id.padEnd(7)} ${what} (${(tookMs / 1000).toFixed(1)} s${repeated})`;
  return reason === undefined ? line : `${line}\n       ${reason}`;
}

export function closingLine({ cases, passed, skipped, failed, seconds }: Summary): string {
  return `${cases} cases: ${passed} passed, ${failed.length} failed, ${skipped} skipped, in ${seconds} s`;
}
