import { parseArgs } from "node:util";
import { BACKEND_NAMES } from "./backends.ts";
import { allCases, type ChaosCase, chosenCases, nameOf, peerCases, SDK_VERSIONS } from "./cases.ts";
import { nameOfIdleEnd, runIdleEnd } from "./idle-end.ts";
import { KILL_TRIALS, nameOfKill, runKillTrial, stopKillCollector } from "./kill.ts";
import { findNodes, NODE_MAJORS } from "./nodes.ts";
import { nameOfPace, runPaceCase } from "./pace.ts";
import { runCase } from "./run-case.ts";
import { runTrials, type Trial } from "./run-trials.ts";

const HELP = `Usage: pnpm chaos [--json] [--quick] [--peers] [--only TEXT]

Runs the client in MCP servers against collectors that misbehave, and looks at what becomes of its host: every backend, over
stdio and HTTP, with every SDK and every Node that is supported, and kill -9 at random moments against a real collector.
Versions of Node that are missing are fetched from npm. The exit code is 1 when a case failed or could not be tried.

  --json   one JSON object on stdout: cases, passed, skipped, failures
  --quick  the choice of cases that the tests run, a minute or two
  --peers  published peers through the same cases: their results are listed and count as nobody's failures
  --only   only cases whose name contains the text`;

const { values } = parseArgs({
  args: process.argv.slice(2).filter((argument) => argument !== "--"),
  options: {
    json: { type: "boolean" },
    quick: { type: "boolean" },
    peers: { type: "boolean" },
    only: { type: "string", default: "" },
    help: { type: "boolean", short: "h" },
  },
});
if (values.help) {
  console.log(HELP);
  process.exit(0);
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

const main = NODE_MAJORS[0];
const caseTrial = (entry: ChaosCase): Trial => ({
  name: nameOf(entry),
  node: entry.node,
  run: (nodePath) => (entry.peer ? runCase : runPatiently)(entry, nodePath),
});

function ownTrials(): Trial[] {
  const latest = SDK_VERSIONS.filter(({ name }) => name.endsWith("latest"));
  const paceBackends = values.quick ? (["closed", "hanging"] as const) : BACKEND_NAMES;
  return [
    ...paceBackends
      .flatMap((backend) => latest.map((sdk) => ({ backend, sdk })))
      .map((entry) => ({ name: nameOfPace(entry), node: main, run: (path: string) => runPaceCase(entry, path) })),
    ...latest.map((sdk) => ({ name: nameOfIdleEnd(sdk), node: main, run: (path: string) => runIdleEnd(sdk, path) })),
    ...(values.quick ? chosenCases : allCases)(NODE_MAJORS).map(caseTrial),
    ...KILL_TRIALS.map((entry, i) => ({
      name: nameOfKill(entry, i),
      node: main,
      run: (path: string) => runKillTrial(entry, path),
    })),
  ];
}

const nodes = await findNodes(NODE_MAJORS);
const trials = values.peers ? peerCases(NODE_MAJORS).map(caseTrial) : ownTrials();
const summary = await runTrials(
  trials.filter(({ name }) => name.includes(values.only)),
  nodes,
  values.json ? () => {} : console.log,
);
await stopKillCollector();
console.log(
  values.json ? JSON.stringify(summary) : `${summary.passed} of ${summary.cases} passed, ${summary.skipped} skipped`,
);
if (!values.peers && summary.passed < summary.cases) process.exitCode = 1;
