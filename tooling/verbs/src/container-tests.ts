import { existsSync } from "node:fs";
import { inRoot } from "./root.ts";
import { nodeStep, runStep } from "./run-step.ts";
import type { PackageReport } from "./test-reports.ts";

const SCRIPT = "tooling/container/src/cli.ts";

/** Builds and runs the container. Its cases count as skipped only where no container runtime can be had. */
export async function containerTests(): Promise<PackageReport & { readonly note: string; readonly output: string }> {
  if (!existsSync(inRoot(SCRIPT))) throw new Error(`${SCRIPT} is missing`);
  const { exitCode, output, durationMs } = await runStep(nodeStep("container", [SCRIPT, "--json"]), { capture: true });
  const counts = lastJson(output);
  const passed = Number(counts?.passed ?? 0);
  const skipped = Number(counts?.skipped ?? 0);
  const cases = Number(counts?.cases ?? 0);
  const failed = exitCode === 0 ? 0 : Math.max(1, cases - passed - skipped);
  const failures = failed === 0 ? [] : [`container: exit code ${exitCode}`];
  const note = skipped > 0 ? String(counts?.reason ?? "no container runtime can be had on this machine") : "";
  return { folder: "container", passed, failed, skipped, durationMs, failures, note, output };
}

function lastJson(output: string): Record<string, unknown> | undefined {
  for (const line of output.trim().split("\n").reverse()) {
    if (!line.startsWith("{")) continue;
    try {
      return JSON.parse(line);
    } catch {}
  }
  return undefined;
}
