import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";

/** Where each package's Vitest leaves its counts, inside the package. */
export const REPORT_FILE = "node_modules/.cache/test-report.json";

export interface PackageReport {
  readonly folder: string;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly durationMs: number;
  /** full names of what failed */
  readonly failures: readonly string[];
}

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
    assertionResults: { fullName: string; status: string }[];
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
  const failures = report.testResults.flatMap(({ name, status, assertionResults }) => {
    const failed = assertionResults.filter((result) => result.status === "failed").map((result) => result.fullName);
    // A file that cannot be loaded fails without a single test.
    return status === "failed" && failed.length === 0 ? [`${name} did not run`] : failed;
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
