/** What came of one case. */
export interface CaseResult {
  name: string;
  outcome: "passed" | "failed" | "skipped";
  /** Why it failed or was skipped. */
  reason?: string;
  /** How long it took, in milliseconds. */
  tookMs?: number;
}

/** One thing that must hold. Cases of a scenario run in order on one shared state. */
export interface Case<State> {
  name: string;
  /** When it fails, the cases after it cannot be reached and count as failed. */
  opensTheWay?: true;
  check(state: State): Promise<void>;
}

export type Listener = (result: CaseResult) => void;

/** Progress for people; standard output belongs to the result. */
export function progress(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** Runs the cases in order and tells the listener about each. Never rejects. */
export async function runScenario<State>(
  title: string,
  cases: readonly Case<State>[],
  state: State,
  listener: Listener,
): Promise<void> {
  let closedBy: string | undefined;
  for (const { name, opensTheWay, check } of cases) {
    const fullName = `${title}: ${name}`;
    if (closedBy !== undefined) {
      listener({ name: fullName, outcome: "failed", reason: `not reached after "${closedBy}"` });
      continue;
    }
    const startedAt = performance.now();
    const took = () => Math.round(performance.now() - startedAt);
    try {
      await check(state);
      listener({ name: fullName, outcome: "passed", tookMs: took() });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      listener({ name: fullName, outcome: "failed", reason, tookMs: took() });
      if (opensTheWay) closedBy = name;
    }
  }
}

/** Marks every case of a scenario as skipped, for one reason. */
export function skipScenario(
  title: string,
  cases: readonly { name: string }[],
  reason: string,
  listener: Listener,
): void {
  for (const { name } of cases) listener({ name: `${title}: ${name}`, outcome: "skipped", reason });
}

/** Adds results up, in the shape that `--json` prints. */
export function summarise(results: readonly CaseResult[]) {
  const count = (outcome: CaseResult["outcome"]) => results.filter((result) => result.outcome === outcome).length;
  return {
    cases: results.length,
    passed: count("passed"),
    failed: count("failed"),
    skipped: count("skipped"),
    failures: results.filter((result) => result.outcome === "failed"),
  };
}
