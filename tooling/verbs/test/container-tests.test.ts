import { expect, test } from "vitest";
import { readSummary } from "../src/container-tests.ts";

const summary = (more: object) => JSON.stringify({ passed: 3, failed: 0, skipped: 0, failures: [], ...more });

test("cases are counted as the container run counted them", () => {
  const failures = [{ name: "compose: healthy", reason: "no answer" }];
  expect(readSummary(1, summary({ failed: 1, failures }))).toMatchObject({
    passed: 3,
    failed: 1,
    failures: ["compose: healthy: no answer"],
  });
});

test("where no runtime can be had, nothing fails and the reason is told", () => {
  const output = summary({ passed: 0, skipped: 9, reason: "not root" });
  expect(readSummary(0, output)).toMatchObject({ passed: 0, failed: 0, skipped: 9, skippedBecause: "not root" });
});

test("a run that breaks without a result is a failure, never a pass", () => {
  for (const output of ["", "oops", summary({ passed: 0 })]) expect(readSummary(0, output).failed).toBe(1);
  expect(readSummary(1, summary({})).failed).toBe(1);
});
