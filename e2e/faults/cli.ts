/** Process entry of `pnpm faults`. */
import { caseLine, closingLine, summarise } from "../src/cases/report.ts";
import { runCases } from "../src/cases/run-cases.ts";
import { progressBar } from "../src/progress-bar.ts";
import { chooseFaults, quickFaults } from "./groups/all.ts";
import { HELP, readOptions } from "./options.ts";
import { Sites } from "./site/sites.ts";

const CASE_DEADLINE_MS = 150_000;
/** How much of the long cases runs with `--quick`. */
const QUICK_EFFORT = 0.25;

function read<T>(of: () => T): T {
  try {
    return of();
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message.split("\n")[0] : String(error)}\n`);
    process.exit(2);
  }
}

const options = read(() => readOptions(process.argv.slice(2)));
if (options.help) {
  process.stdout.write(HELP);
  process.exit(0);
}
const cases = read(() => (options.quick && options.only.length === 0 ? quickFaults() : chooseFaults(options.only)));
if (options.list) {
  for (const { id, what } of cases) console.log(`${id.padEnd(7)} ${what}`);
  process.exit(0);
}

const startedAtMs = Date.now();
const sites = new Sites(options.seed, options.quick ? QUICK_EFFORT : 1);
let interrupted = false;
for (const [signal, exitCode] of [
  ["SIGINT", 130],
  ["SIGTERM", 143],
] as const) {
  process.on(signal, async () => {
    if (interrupted) process.exit(exitCode);
    interrupted = true;
    await sites.close();
    process.exit(exitCode);
  });
}
process.stderr.write(`Seed ${options.seed}\n`);
const bar = progressBar("Breaking", cases.length);
let done = 0;
const results = await runCases(cases, {
  async tryCase({ run }) {
    await run(sites);
    return [];
  },
  onResult(result) {
    bar.end();
    if (!options.json) console.log(caseLine(result));
    bar.update(++done);
  },
  deadlineMs: CASE_DEADLINE_MS,
});
bar.end();
await sites.close();
const { seconds, ...counts } = summarise(results, Math.round((Date.now() - startedAtMs) / 100) / 10);
const summary = { ...counts, seed: options.seed, seconds };
console.log(options.json ? JSON.stringify(summary) : `${closingLine(summary)}; seed ${options.seed}`);
process.exit(summary.failed.length === 0 ? 0 : 1);
