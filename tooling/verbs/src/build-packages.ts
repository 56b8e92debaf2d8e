import { runStep, type StepResult, turboStep } from "./run-step.ts";

/** Builds packages and what they need; all of them when none is named. Output is shown only when it fails. */
export async function buildPackages(names: readonly string[] = []): Promise<StepResult> {
  const filters = names.map((name) => `--filter=${name}`);
  return runStep(turboStep("build", ["build", "--output-logs=errors-only", ...filters]), "all");
}
