import { checkAll } from "./check-steps.ts";
import { seconds } from "./run-step.ts";

const HELP = `Usage: pnpm check

Format and lint, types, and import boundaries. The exit code is 1 when one of them fails.
`;

if (process.argv.includes("--help") || process.argv.includes("-h")) process.stdout.write(HELP);
else {
  const results = await checkAll(({ name, exitCode, durationMs, output }) => {
    if (exitCode !== 0) process.stdout.write(`${output.trimEnd()}\n`);
    console.log(`${exitCode === 0 ? "ok    " : "FAILED"} ${name} (${seconds(durationMs)})`);
  });
  process.exit(results.every(({ exitCode }) => exitCode === 0) ? 0 : 1);
}
