import { describe, expect, it } from "vitest";
import { type Case, type CaseResult, runScenario, skipScenario, summarise } from "../src/report.ts";

const passes: Case<object> = { name: "passes", check: async () => {} };
const fails: Case<object> = {
  name: "fails",
  check: async () => {
    throw new Error("why");
  },
};

async function resultsOf(cases: readonly Case<object>[]): Promise<CaseResult[]> {
  const results: CaseResult[] = [];
  await runScenario("title", cases, {}, (result) => results.push(result));
  return results;
}

describe("a scenario", () => {
  it("goes on after a case that failed", async () => {
    expect((await resultsOf([fails, passes])).map((result) => result.outcome)).toEqual(["failed", "passed"]);
  });

  it("counts as failed what cannot be reached any more, and says after what", async () => {
    const results = await resultsOf([{ ...fails, opensTheWay: true }, passes]);
    expect(results[0]).toMatchObject({ name: "title: fails", outcome: "failed", reason: "why" });
    expect(results[1]).toMatchObject({ name: "title: passes", outcome: "failed", reason: 'not reached after "fails"' });
  });

  it("can be skipped as a whole", () => {
    const results: CaseResult[] = [];
    skipScenario("title", [passes, fails], "none here", (result) => results.push(result));
    expect(summarise(results)).toEqual({ cases: 2, passed: 0, failed: 0, skipped: 2, failures: [] });
  });

  it("adds up: every case is passed, failed or skipped", async () => {
    const summary = summarise(await resultsOf([passes, fails, passes]));
    expect(summary).toMatchObject({ cases: 3, passed: 2, failed: 1, skipped: 0 });
    expect(summary.failures.map((failure) => failure.name)).toEqual(["title: fails"]);
  });
});
