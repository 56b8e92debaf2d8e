import { findOpenAnswer } from "../oracles/closed-answers.ts";
import { findWrongEffects } from "../oracles/effects.ts";
import { findLeaks, markSilence } from "../oracles/silence.ts";
import type { CollectorName } from "../stack/own-stack.ts";
import { freshAddress } from "./addresses.ts";
import type { AttackCase } from "./attack-case.ts";
import { CannotTellError } from "./attack-error.ts";
import type { Target } from "./target.ts";
import { Trial } from "./trial.ts";

const CASE_DEADLINE_MS = 110_000;
const MAX_TRIES = 4;
/** What one input of a fuzzing case may take on a busy machine. */
const FUZZ_INPUT_MS = 10;

export interface CaseResult {
  readonly id: string;
  readonly what: string;
  readonly outcome: "passed" | "failed" | "skipped";
  /** Why it failed or was skipped. */
  readonly reason?: string;
  /** More than one where limits were not those of one day counted in Redis, and the case failed. */
  readonly tries: number;
  readonly tookMs: number;
}

export type OnResult = (result: CaseResult) => void;

/** Runs cases against a target and puts each before every oracle. Never rejects. */
export async function runCases(
  target: Target,
  cases: readonly AttackCase[],
  { fuzzRuns, onResult }: { readonly fuzzRuns: number; readonly onResult: OnResult },
): Promise<CaseResult[]> {
  const results: CaseResult[] = [];
  const run = async (attackCase: AttackCase) => {
    const result = await runCase(target, attackCase, fuzzRuns);
    results.push(result);
    onResult(result);
  };
  const inLane = (lane: AttackCase["lane"]) => cases.filter((attackCase) => attackCase.lane === lane);
  const beside = inLane("beside").map(run);
  for (const attackCase of inLane("in-turn")) await run(attackCase);
  await Promise.all(beside);
  for (const attackCase of inLane("alone")) await run(attackCase);
  return results;
}

async function runCase(target: Target, attackCase: AttackCase, fuzzRuns: number): Promise<CaseResult> {
  const { id, what, needs } = attackCase;
  const lack = target.lacks(needs);
  if (lack !== undefined) return { id, what, outcome: "skipped", reason: lack, tries: 0, tookMs: 0 };
  await target.pace?.untilRoom();
  const firstAtMs = performance.now();
  for (let tries = 1; ; tries++) {
    const startedAtMs = performance.now();
    const day = utcDay();
    const verdict = await judgeCase(target, attackCase, fuzzRuns);
    // Limits are counted locally for a request whose Redis is late, so they cannot be exact on a machine that is that busy.
    const wasLate = target.stack?.redisWatch.wasLateSince(startedAtMs) === true;
    // At midnight every count of a day begins anew, and every address has another name.
    const saysNothing = verdict.outcome === "failed" && (wasLate || day !== utcDay());
    if (saysNothing && tries < MAX_TRIES) continue;
    return { id, what, ...verdict, tries, tookMs: Math.round(performance.now() - firstAtMs) };
  }
}

const utcDay = () => Math.floor(Date.now() / 86_400_000);

/** Runs a case once, in a trial of its own. */
async function judgeCase(
  target: Target,
  attackCase: AttackCase,
  fuzzRuns: number,
): Promise<Pick<CaseResult, "outcome" | "reason">> {
  const trial = new Trial(target, fuzzRuns);
  try {
    const deadlineMs = CASE_DEADLINE_MS + fuzzRuns * FUZZ_INPUT_MS;
    const problems = await withDeadline(tryCase(target, attackCase, trial), deadlineMs);
    if (problems.length === 0) return { outcome: "passed" };
    return { outcome: "failed", reason: [...new Set(problems)].slice(0, 5).join("; ") };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { outcome: error instanceof CannotTellError ? "skipped" : "failed", reason };
  } finally {
    trial.close();
  }
}

/** Runs a case, then every oracle. Returns what they found. */
async function tryCase(target: Target, { run, isFault }: AttackCase, trial: Trial): Promise<string[]> {
  const { stack } = target;
  const mark = stack === undefined ? undefined : markSilence(stack);
  const problems: string[] = [];
  await run(trial).catch((error: unknown) => {
    if (error instanceof CannotTellError) throw error;
    problems.push(error instanceof Error ? error.message : String(error));
  });
  for (const answer of trial.answers) {
    if (answer.status >= 500 && !isFault) problems.push(`${answer.status} ${answer.code ?? ""}`);
    const open = findOpenAnswer(answer, stack !== undefined);
    if (open !== undefined) problems.push(open);
  }
  problems.push(...(await findDead(target, trial)));
  if (stack === undefined || mark === undefined) return problems;
  problems.push(...(await findWrongEffects(stack, trial.ledger, trial.projectId, trial.areChargesStated)));
  problems.push(...(await findLeaks(stack, mark, trial.secrets, isFault, trial.ownLog)));
  return problems;
}

/** Whether every collector that was reached lives and takes a good request, as if nothing had happened. */
async function findDead(target: Target, trial: Trial): Promise<string[]> {
  const { stack } = target;
  const good = new Trial(target);
  try {
    if (stack === undefined) {
      good.expectStatus(await good.request({ method: "GET", path: "/livez", bare: true }), [200], "liveness");
      if (target.givenKey !== undefined) good.judge(await good.post(good.event(), { key: target.givenKey }), "stored");
      return [];
    }
    for (const via of new Set<CollectorName>(["direct", ...trial.reached])) {
      if (!stack.collectors[via].isRunning) return [`the collector ${via} has died`];
      const key = await good.newKey();
      const address = via === "direct" ? {} : { address: freshAddress() };
      good.expect(await good.post(good.event(), { key, via, ...address }), "stored", {
        what: `good request to ${via}`,
      });
    }
    return await findWrongEffects(stack, good.ledger, good.projectId, true);
  } catch (error) {
    if (error instanceof CannotTellError) throw error;
    return [error instanceof Error ? error.message : String(error)];
  } finally {
    good.close();
  }
}

function withDeadline<T>(work: Promise<T>, deadlineMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`not done after ${Math.round(deadlineMs / 1000)} s`)), deadlineMs);
  });
  return Promise.race([work, deadline]).finally(() => clearTimeout(timer));
}
