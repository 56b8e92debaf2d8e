import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { REPORT_FILE, readReport, removeReports, testedFolders } from "../src/test-reports.ts";

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "mcp-analytics-reports-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function write(path: string, content: unknown): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), JSON.stringify(content));
}

const file = (status: string, ...results: [name: string, status: string, failureMessage?: string][]) => ({
  name: "some.test.ts",
  status,
  endTime: 3_000,
  assertionResults: results.map(([fullName, result, message]) => ({
    fullName,
    status: result,
    failureMessages: message === undefined ? [] : [message],
  })),
});
const report = (passed: number, pending: number, ...testResults: ReturnType<typeof file>[]) => ({
  success: true,
  startTime: 1_000,
  numPassedTests: passed,
  numPendingTests: pending,
  numTodoTests: 0,
  testResults,
});

test("passed, failed and skipped tests are counted, and the failed ones named", () => {
  write(`e2e/${REPORT_FILE}`, report(1, 1, file("failed", ["works", "passed"], ["breaks", "failed"])));
  expect(readReport(root, "e2e")).toMatchObject({
    passed: 1,
    failed: 1,
    skipped: 1,
    durationMs: 2_000,
    failures: ["breaks"],
  });
});

test("below the name of a failed test stands why: the message without its stack and colours, and not all of a long one", () => {
  const red =
    "AssertionError: \u001b[31mMX-4 labels: new series\u001b[39m\nsecond line\n    at here (file.ts:1:1)\n    at there";
  const long = Array.from({ length: 40 }, (_, line) => `${line} ${"x".repeat(2_000)}`).join("\n");
  const results = file("failed", ["breaks", "failed", red], ["tells all", "failed", long]);
  write(`e2e/${REPORT_FILE}`, report(0, 0, results));
  const [short = "", bounded = ""] = readReport(root, "e2e").failures;
  expect(short).toBe("breaks\n       AssertionError: MX-4 labels: new series\n       second line");
  expect(bounded.split("\n").at(-1)).toBe("       ... 30 more lines");
  expect(bounded.length).toBeLessThan(3_500);
});

test("a file that cannot be loaded is a failure, though none of its tests ran", () => {
  write(`e2e/${REPORT_FILE}`, report(0, 0, file("failed")));
  expect(readReport(root, "e2e")).toMatchObject({ failed: 1, failures: ["some.test.ts did not run"] });
});

test("a run without a report, and one without a test, are failures", () => {
  expect(readReport(root, "e2e")).toMatchObject({ failed: 1, failures: ["the run left no report"] });
  write(`e2e/${REPORT_FILE}`, report(0, 0));
  expect(readReport(root, "e2e")).toMatchObject({ failed: 1, failures: ["the run found no test"] });
});

test("an error outside every test is a failure", () => {
  const broken = { ...report(1, 0, file("passed", ["works", "passed"])), success: false };
  write(`e2e/${REPORT_FILE}`, broken);
  expect(readReport(root, "e2e")).toMatchObject({
    passed: 1,
    failed: 1,
    failures: ["the run failed outside its tests"],
  });
});

test("a report of an earlier run does not count", () => {
  write(`e2e/${REPORT_FILE}`, report(5, 0, file("passed", ["works", "passed"])));
  removeReports(root, ["e2e"]);
  expect(readReport(root, "e2e").passed).toBe(0);
});

test("every package with a test script is counted, and no other", () => {
  for (const folder of ["packages/a", "apps/b", "tooling/c", "e2e"])
    write(`${folder}/package.json`, { scripts: { test: "vitest run" } });
  write("bench/package.json", { scripts: { check: "tsc" } });
  write("apps/d/package.json", {});
  expect(testedFolders(root)).toEqual(["packages/a", "apps/b", "tooling/c", "e2e"]);
});
