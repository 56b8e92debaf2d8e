import { findChromium, startServices } from "@org/services";
import { buildPackages } from "./build-packages.ts";
import { checkAll } from "./check-steps.ts";
import { containerTests } from "./container-tests.ts";
import { ROOT } from "./root.ts";
import { runStep, type StepResult, seconds, turboStep } from "./run-step.ts";
import { type PackageReport, REPORT_FILE, readReport, removeReports, testedFolders } from "./test-reports.ts";

const startedAt = Date.now();
const reports: PackageReport[] = [];
const NOTHING = { passed: 0, failed: 0, skipped: 0, durationMs: 0 };

function heading(text: string): void {
  console.log(`\n== ${text}`);
}

function reportStep({ name, exitCode, durationMs, output }: StepResult): void {
  if (exitCode !== 0) process.stdout.write(`${output.trimEnd()}\n`);
  console.log(`${exitCode === 0 ? "ok    " : "FAILED"} ${name} (${seconds(durationMs)})`);
  const failures = exitCode === 0 ? [] : [name];
  reports.push({
    folder: name,
    passed: 1 - failures.length,
    failed: failures.length,
    skipped: 0,
    durationMs,
    failures,
  });
}

/** Without the real servers and browser the tests would prove less than they claim, so nothing runs. */
function cannotSetUp(error: Error): never {
  console.log(`${error.message}\n\n0 passed, 1 failed`);
  process.exit(1);
}

/** Two packages at once, as there may be no more than two cores; each shows its output when it is done. */
async function runTests(filter: string): Promise<number> {
  const flags = [
    `--filter=${filter}`,
    "--continue=always",
    "--concurrency=2",
    "--log-order=grouped",
    "--output-logs=new-only",
  ];
  const vitest = ["--", "--reporter=default", "--reporter=json", `--outputFile.json=${REPORT_FILE}`];
  const { exitCode } = await runStep(turboStep("tests", ["test", ...flags, ...vitest], env));
  return exitCode;
}

heading("Set-up: PostgreSQL, Redis, Chromium");
const services = await startServices({ postgres: true, redis: true }).catch(cannotSetUp);
const chromium = await findChromium().catch(cannotSetUp);
const env = { DATABASE_URL: services.databaseUrl, REDIS_URL: services.redisUrl, CHROMIUM_PATH: chromium };
console.log(`ok     set-up (${seconds(Date.now() - startedAt)})`);

try {
  heading("Check: format, lint, types, boundaries");
  await checkAll(reportStep);

  heading("Build");
  reportStep(await buildPackages());

  const folders = testedFolders(ROOT);
  removeReports(ROOT, folders);
  heading("Tests: unit and integration");
  const exitCodes = [await runTests("!@org/e2e")];
  heading("Tests: end to end");
  exitCodes.push(await runTests("@org/e2e"));
  const tested = folders.map((folder) => readReport(ROOT, folder));
  reports.push(...tested);
  // Such as an error that nobody awaited: every test passed, and still something broke.
  if (exitCodes.some((code) => code !== 0) && tested.every(({ failed }) => failed === 0))
    reports.push({ ...NOTHING, folder: "tests", failed: 1, failures: ["a run ended with an error outside its tests"] });

  heading("Container");
  const container = await containerTests();
  if (container.skippedBecause !== undefined) console.log(`!! CONTAINER TESTS SKIPPED: ${container.skippedBecause}`);
  reports.push(container);
} finally {
  await services.stop();
}

heading("Summary, slowest first");
for (const report of [...reports].sort((a, b) => b.durationMs - a.durationMs)) {
  const counts = `${report.passed} passed, ${report.failed} failed${report.skipped > 0 ? `, ${report.skipped} skipped` : ""}`;
  console.log(`${seconds(report.durationMs).padStart(9)}  ${report.folder.padEnd(28)} ${counts}`);
}
for (const { folder, failures } of reports) for (const failure of failures) console.log(`FAILED ${folder}: ${failure}`);
const sum = (of: (report: PackageReport) => number) => reports.reduce((total, report) => total + of(report), 0);
const failed = sum((report) => report.failed);
console.log(`\nTook ${seconds(Date.now() - startedAt)}`);
console.log(`${sum((report) => report.passed)} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
