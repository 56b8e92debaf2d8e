import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startBackend } from "./backends.ts";
import { type ChaosCase, isAbrupt } from "./cases.ts";
import { type Exit, startHost } from "./host-process.ts";

/** More than a batch, so that full batches and waiting ones both occur. */
const CALLS = 120;

/** What is promised, and what a busy machine may add to the end of any process. */
const MAX_EXIT_MS = 1_500;
const SLACK_MS = 500;

/** Runs one case. What it gives back are the promises that were broken: none, at best. */
export async function runCase(chaosCase: ChaosCase, nodePath: string): Promise<readonly string[]> {
  const backend = await startBackend(chaosCase.backend);
  try {
    const host = await startHost(chaosCase, nodePath, backend.endpoint, await homeOf(chaosCase), chaosCase.peer);
    for (let i = 0; i < CALLS; i++) await host.connection.call(i % 4 === 3 ? "fails" : "works");
    const exit = await host.end(chaosCase.ending);
    // A crash tells of itself.
    const errorLines = host
      .errorLines()
      .filter((line) => chaosCase.ending !== "crash" || line.includes("mcp-analytics"));
    return [
      ...judgeExit(chaosCase, exit),
      ...host.connection.strayLines.map((line) => `on stdout beside the protocol: ${line.slice(0, 100)}`),
      ...(errorLines.length > 1 ? [`${errorLines.length} lines on stderr: ${errorLines[0]?.slice(0, 200)}`] : []),
      ...(chaosCase.backend === "healthy" &&
      !chaosCase.peer &&
      backend.stored() !== CALLS &&
      !chaosCase.ending.includes("handled") &&
      !isAbrupt(chaosCase.ending)
        ? [`${backend.stored()} of ${CALLS} events were stored`]
        : []),
      ...backend.faults(),
    ];
  } catch (error) {
    return [String(error)];
  } finally {
    await backend.close();
  }
}

/** Some peers write into the home folder. */
async function homeOf({ peer }: ChaosCase): Promise<Record<string, string>> {
  return peer ? { HOME: await mkdtemp(join(tmpdir(), "mcp-analytics-peer-")) } : {};
}

function judgeExit({ ending }: ChaosCase, { code, signal, afterMs }: Exit): string[] {
  const ended = signal ?? `code ${code}`;
  const expected = {
    "stdin closes": "code 0",
    SIGTERM: "SIGTERM",
    SIGINT: "SIGINT",
    "SIGTERM, handled by the host": "code 7",
    "process.exit": "code 5",
    crash: "code 1",
  };
  const maxMs = (isAbrupt(ending) ? 0 : MAX_EXIT_MS) + SLACK_MS;
  return [
    ...(ended === expected[ending] ? [] : [`ended with ${ended} instead of ${expected[ending]}`]),
    ...(afterMs <= maxMs ? [] : [`took ${Math.round(afterMs)} ms to end`]),
  ];
}
