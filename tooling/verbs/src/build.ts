import { runStep, turboStep } from "./run-step.ts";

const HELP = `Usage: pnpm build [--filter=PACKAGE]

Builds every package whose sources have changed, or one and what it needs.
`;

const args = process.argv.slice(2);
if (args.includes("--help") || args.includes("-h")) process.stdout.write(HELP);
else {
  const { exitCode } = await runStep(turboStep("build", ["build", "--output-logs=errors-only", ...args]));
  process.exit(exitCode);
}
