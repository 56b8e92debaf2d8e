import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";

/** Where each package's Vitest leaves its counts, inside the package. */
export const REPORT_FILE = "node_modules/.cache/test-report.json";

export interface PackageReport {
  readonly folder: string;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly durationMs: number;
  /** Full names of what failed, and below each the first lines of why. */
  readonly failures: readonly string[];
}

/** What is told of why a test failed: whoever has only the end of a log must learn what to look for. */
const TOLD_LINES = 10;
const TOLD_LINE_CHARS = 300;

/** Folders, from the root, of the workspace's packages that have a test script. */
export function testedFolders(root: string): string[] {
  const nested = ["packages", "apps", "tooling"].flatMap((parent) =>
    readdirSync(join(root, parent), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => `${parent}/${entry.name}`),
  );
  return [...nested, "e2e", "bench"].filter((folder) => {
    const manifest = join(root, folder, "package.json");
    return existsSync(manifest) && JSON.parse(readFileSync(manifest, "utf8")).scripts?.test !== undefined;
  });
}

export function removeReports(root: string, folders: readonly string[]): void {
  for (const folder of folders) rmSync(join(root, folder, REPORT_FILE), { force: true });
}

interface VitestReport {
  success: boolean;
  startTime: number;
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  numTodoTests: number;
  testResults: {
    name: string;
    status: string;
    endTime: number;
    message?: string;
    assertionResults: { fullName: string; status: string; failureMessages?: string[] }[];
  }[];
}

/** Reads what a package's run left behind. No report means that the run broke: that is one failure. */
export function readReport(root: string, folder: string): PackageReport {
  let report: VitestReport;
  try {
    report = JSON.parse(readFileSync(join(root, folder, REPORT_FILE), "utf8"));
  } catch {
    return { folder, passed: 0, failed: 1, skipped: 0, durationMs: 0, failures: ["the run left no report"] };
  }
  const failures = report.testResults.flatMap(({ name, status, message, assertionResults }) => {
    const failed = assertionResults
      .filter((result) => result.status === "failed")
      .map(({ fullName, failureMessages }) => withReason(fullName, failureMessages ?? []));
    // A file that cannot be loaded fails without a single test.
    return status === "failed" && failed.length === 0 ? [withReason(`${name} did not run`, [message ?? ""])] : failed;
  });
  if (report.testResults.length === 0) failures.push("the run found no test");
  // Such as an error that nobody awaited: every test passed, and still something broke.
  if (!report.success && failures.length === 0) failures.push("the run failed outside its tests");
  return {
    folder,
    passed: report.numPassedTests,
    failed: failures.length,
    skipped: report.numPendingTests + report.numTodoTests,
    durationMs: Math.max(0, ...report.testResults.map(({ endTime }) => endTime - report.startTime)),
    failures,
  };
}

/** A name and, indented below it, the first lines of the messages of its errors: without their stacks, and of bounded length. */
function withReason(name: string, messages: readonly string[]): string {
  const lines = messages
    .flatMap((message) => withoutStack(stripVTControlCharacters(message).split("\n")))
    .filter((line) => line.trim() !== "");
  const told = lines.slice(0, TOLD_LINES).map((line) => line.slice(0, TOLD_LINE_CHARS));
  if (lines.length > TOLD_LINES) told.push(`... ${lines.length - TOLD_LINES} more lines`);
  return [name, ...told].join("\n       ");
}

function withoutStack(lines: readonly string[]): readonly string[] {
  const stack = lines.findIndex((line) => /^\s+at /.test(line));
  return stack === -1 ? lines : lines.slice(0, stack);
}
