import { execFile } from "node:child_process";
import { mkdtemp, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import { spreadOf } from "../figures/spread.ts";
import type { ClientFigures, Pace } from "./client-budgets.ts";
import { startSink } from "./sink.ts";
import type { Variant } from "./variants.ts";

const run = promisify(execFile);
const CHILD = fileURLToPath(new URL("./child.ts", import.meta.url));
const CLIENT_ENTRY = import.meta.resolve("@org/mcp-analytics-client");
const IMPORTS = 7;
const HEAP_CALLS = 1_000_000;

/** Those that send a request or more for each call take so long that fewer calls say as much. */
const PACE_CALLS: Readonly<Record<Peer, number>> = {
  ours: 20_000,
  fetch: 1_500,
  posthog: 8_000,
  agentcat: 1_500,
  sentry: 1_500,
};

const PEERS = ["ours", "fetch", "posthog", "agentcat", "sentry"] as const satisfies readonly Variant[];
type Peer = (typeof PEERS)[number];

async function inChild<Figures>(variant: Variant, mode: string, calls: number, sinkOrigin: string): Promise<Figures> {
  const args = ["--expose-gc", CHILD, variant, mode, String(calls), sinkOrigin];
  const { CI: _ci, DO_NOT_TRACK: _dnt, ...rest } = process.env;
  // A peer writes into the home folder.
  const env = { ...rest, HOME: await mkdtemp(join(tmpdir(), "mcp-analytics-bench-")) };
  return JSON.parse((await run(process.execPath, args, { env })).stdout);
}

/** The figures that have budgets, and what the peers cost in the same rounds. */
export interface MeasuredClient extends ClientFigures {
  readonly peers: Readonly<Record<Exclude<Peer, "ours">, Pace>>;
}

/** Every variant in turn in each round. */
export async function measureClient(rounds: number): Promise<MeasuredClient> {
  const paces: Record<Peer, Pace[]> = { ours: [], fetch: [], posthog: [], agentcat: [], sentry: [] };
  for (let round = 1; round <= rounds; round++) {
    for (const peer of PEERS) {
      const sink = await startSink();
      paces[peer].push(await inChild<Pace>(peer, "pace", PACE_CALLS[peer], sink.origin));
      await sink.close();
    }
    process.stderr.write(
      `round ${round} of ${rounds}: added ${PEERS.map((peer) => text(peer, paces[peer])).join(", ")}\n`,
    );
  }
  const paceOf = (peer: Peer): Pace => ({
    addedMedianUs: spreadOf(paces[peer].map(({ addedMedianUs }) => addedMedianUs)).median,
    addedCpuUs: spreadOf(paces[peer].map(({ addedCpuUs }) => addedCpuUs)).median,
  });
  const ours = paceOf("ours");
  const peers = {
    fetch: paceOf("fetch"),
    posthog: paceOf("posthog"),
    agentcat: paceOf("agentcat"),
    sentry: paceOf("sentry"),
  };
  process.stderr.write("heap after a million calls ...\n");
  return {
    ...ours,
    vsAwaitedFetch: ours.addedMedianUs / peers.fetch.addedMedianUs,
    vsPosthog: ours.addedMedianUs / peers.posthog.addedMedianUs,
    heapMb: await measureHeapMb(),
    requestsPer1000: await measureRequests(),
    gzipBytes: gzipSync(await readFile(fileURLToPath(CLIENT_ENTRY)), { level: 9 }).length,
    importMs: await measureImportMs(),
    dependencies: await countDependencies(),
    peers,
  };
}

function text(peer: Peer, paces: readonly Pace[]): string {
  return `${peer} ${paces.at(-1)?.addedMedianUs.toFixed(2)} µs`;
}

/** With a sink that is down: nobody listens at port 9. */
async function measureHeapMb(): Promise<number> {
  const grownBy = async (variant: Variant): Promise<number> =>
    (await inChild<{ heapBytes: number }>(variant, "heap", HEAP_CALLS, "http://127.0.0.1:9")).heapBytes;
  return ((await grownBy("ours")) - (await grownBy("bare"))) / 1_000_000;
}

/** Requests that it takes until the sink has all events of a thousand calls in a burst. */
async function measureRequests(): Promise<number> {
  const sink = await startSink();
  const { createAnalytics } = await import("@org/mcp-analytics-client");
  const env = { ANALYTICS_API_KEY: `wmc_${"b".repeat(64)}`, ANALYTICS_ENDPOINT: `${sink.origin}/v1/events` };
  const analytics = createAnalytics({ env });
  for (let i = 0; i < 1_000; i++) analytics.trackSuccess("work");
  await analytics.flush({ deadlineMs: 10_000 });
  const requests = sink.events() === 1_000 ? sink.requests() : Number.NaN;
  await sink.close();
  return requests;
}

/** In fresh processes that have loaded the SDK of MCP already, as every host has. */
async function measureImportMs(): Promise<number> {
  const script = `await import("@modelcontextprotocol/sdk/server/mcp.js");
const startedAt = performance.now();
await import(${JSON.stringify(CLIENT_ENTRY)});
console.log(performance.now() - startedAt);`;
  const cwd = fileURLToPath(new URL("../..", import.meta.url));
  const times: number[] = [];
  for (let i = 0; i < IMPORTS; i++) {
    times.push(Number((await run(process.execPath, ["--input-type=module", "-e", script], { cwd })).stdout));
  }
  return spreadOf(times).median;
}

async function countDependencies(): Promise<number> {
  const { dependencies = {} } = JSON.parse(await readFile(new URL("../package.json", CLIENT_ENTRY), "utf8"));
  return Object.keys(dependencies).length;
}
