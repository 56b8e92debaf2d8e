import { SDK_VERSIONS } from "./cases.ts";
import { startHost } from "./host-process.ts";
import { startLossyRelay } from "./lossy-relay.ts";
import { type RealCollector, startRealCollector } from "./real-collector.ts";

/** What the way between client and collector does to answers. */
interface KillTrial {
  readonly name: string;
  /** Every so many answers are lost after the batch was stored. */
  readonly loseEvery: number;
  /** How far back from the kill events may be missing. */
  readonly maxLossMs: number;
}

/** Events wait a second for company; the rest is for a busy machine. What waits behind a request waits for its answer, too. */
const GATHER_MS = 1_000 + 700;
/** A batch whose answer was lost is repeated within a second, and holds up those behind it so long; twice in a row at worst. */
const RETRIES_MS = 2_000;

const HEALTHY: KillTrial = {
  name: "a way that loses nothing",
  loseEvery: Number.POSITIVE_INFINITY,
  maxLossMs: GATHER_MS,
};
const LOSSY: KillTrial = { name: "a way that loses answers", loseEvery: 3, maxLossMs: GATHER_MS + RETRIES_MS };

export const KILL_TRIALS: readonly KillTrial[] = [HEALTHY, LOSSY, HEALTHY, LOSSY, HEALTHY, LOSSY];
export const nameOfKill = ({ name }: KillTrial, index: number): string =>
  `kill -9 at a random moment, real collector, ${name}, ${index + 1}`;

const CALL_EVERY_MS = 25;
const SHORTEST_MS = 1_200;
const LONGEST_MS = 5_000;
let collector: Promise<RealCollector | undefined> | undefined;

/** Runs one trial; undefined where there is no collector to run it against. */
export async function runKillTrial(
  { loseEvery, maxLossMs }: KillTrial,
  nodePath: string,
): Promise<readonly string[] | undefined> {
  collector ??= startRealCollector();
  const real = await collector;
  if (!real) return undefined;
  const relay = await startLossyRelay(real.origin, loseEvery);
  const { key, signingSecret } = await real.createKey();
  const sdk = SDK_VERSIONS.find(({ name }) => name === "v1 latest");
  if (!sdk) throw new Error("no SDK");
  const host = await startHost({ sdk, transport: "stdio", ending: "SIGTERM" }, nodePath, `${relay.origin}/v1/events`, {
    ANALYTICS_API_KEY: key,
    ANALYTICS_SIGNING_SECRET: signingSecret,
  });
  const calledAt: number[] = [];
  const until = performance.now() + SHORTEST_MS + Math.random() * (LONGEST_MS - SHORTEST_MS);
  while (performance.now() < until) {
    await host.connection.call("works");
    calledAt.push(performance.now());
    await new Promise((resolve) => setTimeout(resolve, CALL_EVERY_MS));
  }
  const killedAt = performance.now();
  await host.kill();
  await relay.quiet();
  await relay.close();
  const lost = calledAt.length - relay.stored();
  const recent = calledAt.filter((at) => at > killedAt - maxLossMs - relay.slowestMs()).length;
  return [
    ...relay.storedTwice().map((id) => `batch ${id} was stored twice`),
    ...(lost < 0 ? [`${-lost} events more than calls`] : []),
    ...(lost > recent ? [`${lost} of ${calledAt.length} events lost, only ${recent} of them recent`] : []),
  ];
}

export async function stopKillCollector(): Promise<void> {
  await (await collector)?.stop();
}
