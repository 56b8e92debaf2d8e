/** Process entry of `pnpm attack`. */
import { progressBar } from "../src/progress-bar.ts";
import { chooseCases } from "./groups.ts";
import { HELP, readOptions } from "./options.ts";
import { caseLine, closingLine, summarise } from "./report.ts";
import { runCases } from "./runner/run-cases.ts";
import { deployedTarget, ownTarget } from "./runner/target.ts";
import { type OwnStack, startOwnStack } from "./stack/own-stack.ts";

function fail(error: unknown, exitCode: number): never {
  process.stderr.write(`${error instanceof Error ? error.message.split("\n")[0] : String(error)}\n`);
  process.exit(exitCode);
}

function read<T>(of: () => T): T {
  try {
    return of();
  } catch (error) {
    return fail(error, 2);
  }
}

const options = read(() => readOptions(process.argv.slice(2)));
if (options.help) {
  process.stdout.write(HELP);
  process.exit(0);
}
const cases = read(() => chooseCases(options.groups));
if (options.list) {
  for (const { id, what, needs } of cases)
    console.log(`${id.padEnd(7)} ${what}${needs === "stack" ? " [own stack]" : ""}`);
  process.exit(0);
}

const startedAtMs = Date.now();
let starting: Promise<OwnStack> | undefined;
let interrupted = false;
for (const [signal, exitCode] of [
  ["SIGINT", 130],
  ["SIGTERM", 143],
] as const) {
  process.on(signal, async () => {
    if (interrupted) process.exit(exitCode);
    interrupted = true;
    // What is only half started must be ended as well.
    await (await starting?.catch(() => undefined))?.close();
    process.exit(exitCode);
  });
}

if (options.url === undefined) {
  process.stderr.write("Starting PostgreSQL, Redis and three collectors ...\n");
  starting = startOwnStack();
}
const stack = await starting?.catch((error: unknown) => fail(error, 1));
const { ATTACK_API_KEY, ATTACK_SIGNING_SECRET } = process.env;
const target =
  stack === undefined ? deployedTarget(options.url as string, ATTACK_API_KEY, ATTACK_SIGNING_SECRET) : ownTarget(stack);
const bar = progressBar("Attacking", cases.length);
let done = 0;
const results = await runCases(target, cases, {
  fuzzRuns: options.fuzzRuns,
  onResult(result) {
    bar.end();
    if (!options.json) console.log(caseLine(result));
    bar.update(++done);
  },
});
bar.end();
await stack?.close();
const summary = summarise(results, Math.round((Date.now() - startedAtMs) / 100) / 10);
console.log(options.json ? JSON.stringify(summary) : closingLine(summary));
process.exit(summary.failed.length === 0 ? 0 : 1);
