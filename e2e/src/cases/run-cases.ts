/** Something to be tried, and what must come of it. */
export interface Case {
  /** As in the list it comes from, such as `AU-1`; further cases of a row have a letter, neighbours an `N` before the number. */
  readonly id: string;
  readonly what: string;
  /**
   * Cases of one lane run one after the other, lanes run at the same time. Those of `beside` wait for nobody, those of `alone`
   * run after all others.
   */
  readonly lane: string;
}

export interface CaseResult {
  readonly id: string;
  readonly what: string;
  readonly outcome: "passed" | "failed" | "skipped";
  /** Why it failed or was skipped. */
  readonly reason?: string;
  readonly tookMs: number;
}

/** Something keeps the case from saying anything. */
export class CannotTellError extends Error {
  override readonly name = "CannotTellError";
}

/** What was tried did not come out as it must. */
export class CaseError extends Error {
  override readonly name = "CaseError";
}

/** @throws CaseError with the message when something is not so */
export function hold(isSo: boolean, message: string): asserts isSo {
  if (!isSo) throw new CaseError(message);
}

export interface RunOptions<One extends Case> {
  /** Tries one case; resolves with what was wrong. */
  readonly tryCase: (one: One) => Promise<readonly string[]>;
  readonly onResult: (result: CaseResult) => void;
  /** A case that is not done after this has failed. */
  readonly deadlineMs: number;
}

/** Runs cases in their lanes. Never rejects. */
export async function runCases<One extends Case>(
  cases: readonly One[],
  { tryCase, onResult, deadlineMs }: RunOptions<One>,
): Promise<CaseResult[]> {
  const results: CaseResult[] = [];
  const run = async (one: One) => {
    const result = await judge(one, () => withDeadline(tryCase(one), deadlineMs));
    results.push(result);
    onResult(result);
  };
  const inTurn = async (lane: readonly One[]) => {
    for (const one of lane) await run(one);
  };
  const inLane = (name: string) => cases.filter(({ lane }) => lane === name);
  const lanes = new Set(cases.map(({ lane }) => lane).filter((name) => name !== "alone" && name !== "beside"));
  await Promise.all([...inLane("beside").map(run), ...[...lanes].map((name) => inTurn(inLane(name)))]);
  await inTurn(inLane("alone"));
  return results;
}

async function judge({ id, what }: Case, run: () => Promise<readonly string[]>): Promise<CaseResult> {
  const startedAtMs = performance.now();
  const done = (outcome: CaseResult["outcome"], reason?: string): CaseResult => ({
    id,
    what,
    outcome,
    ...(reason !== undefined && { reason }),
    tookMs: Math.round(performance.now() - startedAtMs),
  });
  try {
    const problems = await run();
    return problems.length === 0 ? done("passed") : done("failed", [...new Set(problems)].slice(0, 5).join("; "));
  } catch (error) {
    if (error instanceof CannotTellError) return done("skipped", error.message);
    return done("failed", error instanceof Error ? error.message : String(error));
  }
}

function withDeadline<T>(work: Promise<T>, deadlineMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`not done after ${deadlineMs / 1000} s`)), deadlineMs);
  });
  return Promise.race([work, deadline]).finally(() => clearTimeout(timer));
}
