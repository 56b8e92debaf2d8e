import { CaseError, hold } from "../../src/cases/run-cases.ts";
import type { Replica } from "../site/replica.ts";
import type { Site } from "../site/site.ts";
import { type Sites, witnessed } from "../site/sites.ts";
import { type Sample, tally, underLoad } from "../wire/load.ts";
import { statusOf } from "../wire/send.ts";
import { until } from "../wire/until.ts";

/** Within this `/readyz` knows, either way. */
const TRUTH_MS = 2_000;
const REQUESTS_PER_SECOND = 80;

/** Two collectors on a PostgreSQL that may be hurt. Limits are counted in each, so that nothing but storage is out. */
export interface StorageSite {
  readonly site: Site;
  readonly replicas: readonly [Replica, Replica];
}

/** Longer than a flush waits, which is 3 s: where the database hangs, or is connected to behind a proxy, none is refused before. */
const LASTS_MS = 4_000;

/** Few connections, so that all of them can be taken. */
const SETTINGS = { max_connections: "40" };

export function storageSite(sites: Sites): Promise<StorageSite> {
  return sites.shared("storage site", async () => {
    const site = await sites.open(sites.servers("hurt", SETTINGS));
    const first = await site.start();
    return { site, replicas: [first, await site.start()] };
  });
}

export interface StorageOutage {
  /** Resolves once it hurts. @param samples of the load that goes on meanwhile */
  readonly hurt: (samples: readonly Sample[]) => unknown;
  readonly heal: () => unknown;
  /** Defaults to `LASTS_MS`. */
  readonly lastsMs?: number;
  /** Whether the database cannot store at all, so that `/readyz` must say so; a lock on one table is no such thing. */
  readonly isDown?: boolean;
  /** Whether requests are refused meanwhile; over a slow network they are only late. */
  readonly refuses?: boolean;
  /** No request waits longer than this for its answer. */
  readonly answerMs: number;
}

/**
 * What every outage of storage must come to: each request is answered in time with 201 or 503 and `Retry-After`, `/livez`
 * and the pages go on, `/readyz` tells the truth within two seconds, everything recovers without a restart, and what was
 * said to be stored is stored once.
 */
export async function survivesWithout({ site, replicas }: StorageSite, outage: StorageOutage): Promise<void> {
  const { hurt, heal, lastsMs = LASTS_MS, isDown = true, refuses = isDown, answerMs } = outage;
  await site.untilReady(...replicas);
  const { sender, holdsTrue } = witnessed(site.sql);
  let hurtAtMs = 0;
  const readyBecomes = (isReady: boolean, deadlineMs: number) =>
    Promise.all(
      replicas.map(({ url }) =>
        until(
          async () => ((await statusOf(`${url}/readyz`)) === 200) === isReady,
          `/readyz does not say ${isReady ? 200 : 503}`,
          deadlineMs,
        ),
      ),
    );
  const options = { sender, replicas, keys: await site.keys(30), requestsPerSecond: REQUESTS_PER_SECOND };
  const load = await underLoad(options, async ({ samples }) => {
    await until(() => samples.length > 40, "the load does not begin");
    try {
      await hurt(samples);
      hurtAtMs = performance.now();
      if (isDown) {
        const tookMs = Math.max(...(await readyBecomes(false, 10_000)));
        hold(tookMs <= TRUTH_MS, `/readyz says 200 for ${Math.round(tookMs)} ms after`);
      }
      for (const path of ["/livez", "/health", "/"]) {
        const status = await statusOf(`${replicas[0].url}${path}`);
        hold(status === 200, `${path} answers ${status} meanwhile`);
      }
      await until(() => performance.now() - hurtAtMs > lastsMs, "time passes");
    } finally {
      await heal();
    }
    const backMs = Math.max(...(await readyBecomes(true, 30_000)));
    if (isDown) hold(backMs <= TRUTH_MS, `/readyz says 503 for ${Math.round(backMs)} ms after it is back`);
    const healedAtMs = performance.now();
    await until(() => samples.some(({ sentAtMs }) => sentAtMs > healedAtMs + 300), "the load goes on");
  });
  await load.settle(replicas[1]);
  findWrongAnswers(load.samples, hurtAtMs, answerMs, refuses);
  await holdsTrue();
}

function findWrongAnswers(samples: readonly Sample[], hurtAtMs: number, answerMs: number, refuses: boolean): void {
  const strange = samples.filter(({ reply: { status } }) => status !== 201 && status !== 503);
  hold(strange.length === 0, `neither 201 nor 503: ${tally(strange)}`);
  const bare = samples.find(({ reply: { status, headers } }) => status === 503 && headers["retry-after"] === undefined);
  hold(bare === undefined, "a 503 without Retry-After");
  const [slowest] = samples.toSorted((a, b) => b.reply.tookMs - a.reply.tookMs);
  if (slowest !== undefined && slowest.reply.tookMs > answerMs) {
    const sinceMs = Math.round(slowest.sentAtMs - hurtAtMs);
    throw new CaseError(`${tally([slowest])} took ${Math.round(slowest.reply.tookMs)} ms, sent ${sinceMs} ms after`);
  }
  const since = samples.filter(({ sentAtMs }) => sentAtMs >= hurtAtMs);
  const refused = since.some(({ reply }) => reply.status === 503);
  hold(!refuses || refused, `nothing was refused, so the fault did not happen: ${tally(since)}`);
  // The last one that was sent: one of the outage may have waited for longer than it.
  const last = samples.toSorted((a, b) => a.sentAtMs - b.sentAtMs).slice(-1);
  hold(last[0]?.reply.status === 201, `it ends with ${tally(last)}`);
}
