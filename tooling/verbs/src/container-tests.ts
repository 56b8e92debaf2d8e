import { nodeStep, runStep } from "./run-step.ts";
import type { PackageReport } from "./test-reports.ts";

/** The last line of `pnpm container --json`. */
interface ContainerSummary {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly failures: readonly { name: string; reason?: string }[];
  /** why everything was skipped */
  readonly reason?: string;
}

export interface ContainerReport extends PackageReport {
  /** why its cases were skipped: no container runtime can be had */
  readonly skippedBecause: string | undefined;
}

/** Builds and runs the container. Its cases count as skipped only where no container runtime can be had. */
export async function containerTests(): Promise<ContainerReport> {
  const { exitCode, output, durationMs } = await runStep(
    nodeStep("container", ["tooling/container/src/cli.ts", "--json"]),
    "stdout",
  );
  return { durationMs, ...readSummary(exitCode, output) };
}

/** Counts what a run printed; a run that printed no summary, or failed without saying in what, is one failure. */
export function readSummary(exitCode: number, output: string): Omit<ContainerReport, "durationMs"> {
  const summary = lastSummary(output) ?? { passed: 0, failed: 0, skipped: 0, failures: [] };
  const named = summary.failures.map(({ name, reason }) => (reason === undefined ? name : `${name}: ${reason}`));
  const silent = summary.passed + summary.failed + summary.skipped === 0 || (exitCode !== 0 && summary.failed === 0);
  const failures = silent ? [...named, `ended with exit code ${exitCode} and no result`] : named;
  const { passed, skipped, reason } = summary;
  return {
    folder: "container",
    passed,
    skipped,
    failed: summary.failed + (silent ? 1 : 0),
    failures,
    skippedBecause: reason,
  };
}

function lastSummary(output: string): ContainerSummary | undefined {
  try {
    return JSON.parse(output.trim().split("\n").at(-1) ?? "");
  } catch {
    return undefined;
  }
}
