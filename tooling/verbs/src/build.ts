import { runStep, turboStep } from "./run-step.ts";

const { exitCode } = await runStep(
  turboStep("build", ["build", "--output-logs=errors-only", ...process.argv.slice(2)]),
);
process.exit(exitCode);
