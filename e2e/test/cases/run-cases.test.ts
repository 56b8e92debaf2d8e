import { expect, test } from "vitest";
import { summarise } from "../../src/cases/report.ts";
import { CannotTellError, type Case, hold, runCases } from "../../src/cases/run-cases.ts";

const one = (id: string, lane: string): Case => ({ id, lane, what: id });

test("lanes run at the same time, each in its order; what is alone runs last", async () => {
  const log: string[] = [];
  const gates = new Map<string, () => void>();
  const cases = [one("a1", "a"), one("alone", "alone"), one("a2", "a"), one("b1", "b"), one("c", "beside")];
  const run = runCases(cases, {
    async tryCase({ id }) {
      log.push(`${id} begins`);
      await new Promise<void>((open) => gates.set(id, open));
      log.push(`${id} ends`);
      return [];
    },
    onResult: () => {},
    deadlineMs: 10_000,
  });
  expect(log).toEqual(["c begins", "a1 begins", "b1 begins"]);
  for (const id of ["b1", "a1", "a2", "c", "alone"]) {
    await expect.poll(() => gates.has(id)).toBe(true);
    gates.get(id)?.();
    await expect.poll(() => log).toContain(`${id} ends`);
  }
  await run;
  expect(log.indexOf("a2 begins")).toBeGreaterThan(log.indexOf("a1 ends"));
  expect(log.slice(-2)).toEqual(["alone begins", "alone ends"]);
});

test("each case has one result: what was wrong, what was thrown, or why it says nothing", async () => {
  const tries: Record<string, () => Promise<readonly string[]>> = {
    good: async () => [],
    wrong: async () => ["x is 2", "x is 2", "y is 3"],
    thrown: async () => {
      hold(false, "no answer came");
      return [];
    },
    skipped: async () => {
      throw new CannotTellError("no database");
    },
    hanging: () => new Promise(() => {}),
  };
  const results = await runCases(
    Object.keys(tries).map((id) => one(id, "all")),
    { tryCase: ({ id }) => tries[id]?.() ?? Promise.resolve([]), onResult: () => {}, deadlineMs: 50 },
  );
  expect(results.map(({ id, outcome, reason }) => [id, outcome, reason])).toEqual([
    ["good", "passed", undefined],
    ["wrong", "failed", "x is 2; y is 3"],
    ["thrown", "failed", "no answer came"],
    ["skipped", "skipped", "no database"],
    ["hanging", "failed", "not done after 0.05 s"],
  ]);
  expect(summarise(results, 1)).toMatchObject({ cases: 5, passed: 1, skipped: 1, failed: [{}, {}, {}], seconds: 1 });
});
