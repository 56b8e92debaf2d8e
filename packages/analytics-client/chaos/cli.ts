import { parseArgs } from "node:util";
import { allCases, type ChaosCase, chosenCases, nameOf, SDK_VERSIONS } from "./cases.ts";
import { KILL_TRIALS, nameOfKill, runKillTrial, stopKillCollector } from "./kill.ts";
import { findNodes, NODE_MAJORS } from "./nodes.ts";
import { nameOfPace, runPaceCase } from "./pace.ts";
import { runCase } from "./run-case.ts";

const HELP = `Runs the client against collectors that misbehave, and looks at what becomes of its host.

  node chaos/cli.ts [--json] [--all] [--download] [--only text]

  --json      one JSON object on stdout: cases, passed, skipped, failures
  --all       every combination (about a thousand cases), not the choice that takes a minute or two
  --download  fetches the versions of Node that are missing from npm; without it their cases are skipped
  --only      only cases whose name contains the text`;

const { values } = parseArgs({
  options: {
    json: { type: "boolean" },
    all: { type: "boolean" },
    download: { type: "boolean" },
    only: { type: "string", default: "" },
    help: { type: "boolean", short: "h" },
  },
});
if (values.help) {
  console.log(HELP);
  process.exit(0);
}

/** One thing to try: its name, the Node it needs, and how it goes. */
interface Trial {
  readonly name: string;
  readonly node: number;
  /** The promises that were broken; undefined where it cannot be tried here. */
  readonly run: (nodePath: string) => Promise<readonly string[] | undefined>;
}

/** A busy machine can make one exit slow, but not three. */
async function runPatiently(chaosCase: ChaosCase, nodePath: string): Promise<readonly string[]> {
  let problems: readonly string[] = [];
  for (let i = 0; i < 3; i++) {
    problems = await runCase(chaosCase, nodePath);
    if (!problems.some((problem) => problem.startsWith("took"))) break;
  }
  return problems;
}

const nodes = await findNodes(NODE_MAJORS, values.download === true);
const latest = SDK_VERSIONS.filter(({ name }) => name.endsWith("latest"));
const paceCases = (["closed", "hanging"] as const).flatMap((backend) => latest.map((sdk) => ({ backend, sdk })));
const trials: readonly Trial[] = [
  ...paceCases.map((entry) => ({
    name: nameOfPace(entry),
    node: NODE_MAJORS[0],
    run: (nodePath: string) => runPaceCase(entry, nodePath),
  })),
  ...(values.all ? allCases : chosenCases)(NODE_MAJORS).map((entry) => ({
    name: nameOf(entry),
    node: entry.node,
    run: (nodePath: string) => runPatiently(entry, nodePath),
  })),
  ...KILL_TRIALS.map((entry, i) => ({
    name: nameOfKill(entry, i),
    node: NODE_MAJORS[0],
    run: (nodePath: string) => runKillTrial(entry, nodePath),
  })),
].filter(({ name }) => name.includes(values.only));
const failures: { case: string; problems: readonly string[] }[] = [];
let skipped = 0;

const waiting = [...trials];
async function work(): Promise<void> {
  for (let next = waiting.shift(); next; next = waiting.shift()) {
    const nodePath = nodes.get(next.node);
    const problems = nodePath && (await next.run(nodePath).catch((error) => [String(error).slice(0, 500)]));
    if (!problems) {
      skipped++;
      continue;
    }
    if (problems.length > 0) failures.push({ case: next.name, problems });
    if (!values.json) console.log(`${problems.length > 0 ? "FAILED" : "passed"}  ${next.name}  ${problems.join("; ")}`);
  }
}
await Promise.all([work(), work()]);
await stopKillCollector();

const summary = { cases: trials.length, passed: trials.length - skipped - failures.length, skipped, failures };
console.log(values.json ? JSON.stringify(summary) : `${summary.passed} of ${summary.cases} passed, ${skipped} skipped`);
process.exitCode = failures.length > 0 ? 1 : 0;
