import { nodeStep, runStep, type StepResult, turboStep } from "./run-step.ts";

/**
 * Format and lint, types, and import boundaries. `onEnd` hears of each as it ends. The boundaries come after the types:
 * both need the built schema.
 */
export async function checkAll(onEnd: (result: StepResult) => void): Promise<StepResult[]> {
  const run = async (step: Parameters<typeof runStep>[0]) => {
    const result = await runStep(step, "all");
    onEnd(result);
    return result;
  };
  const lint = run(
    nodeStep("format and lint", [
      "node_modules/@biomejs/biome/bin/biome",
      "check",
      "--error-on-warnings",
      "--max-diagnostics=100",
    ]),
  );
  const types = run(turboStep("types", ["check", "--continue=always", "--output-logs=errors-only"]));
  const boundaries = types.then(() => run(nodeStep("boundaries", ["tooling/boundaries/src/cli.ts"])));
  return Promise.all([lint, types, boundaries]);
}
