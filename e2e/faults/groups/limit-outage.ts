import { hold } from "../../src/cases/run-cases.ts";
import type { Replica } from "../site/replica.ts";
import type { Site } from "../site/site.ts";
import { type Sites, witnessed } from "../site/sites.ts";
import { p99Ms, type Sample, tally, underLoad } from "../wire/load.ts";
import { send } from "../wire/send.ts";
import { until } from "../wire/until.ts";

/** What the shared store of limits may cost a request more than none at all, while it is out. */
const OUTAGE_COST_MS = 60;
const RECOVERY_MS = 10_000;
/** A machine that is busy with other things can spoil one round; what is slow is slow in each. */
const ROUNDS = 3;
const OUTAGE_MS = 2_500;
const BURST = 10;
const REQUESTS_PER_SECOND = 120;

/** Two collectors that share limits in Redis, and one beside that needs none. */
export interface LimitSite {
  readonly site: Site;
  readonly sharing: readonly [Replica, Replica];
  readonly control: Replica;
}

export function limitSite(sites: Sites): Promise<LimitSite> {
  return sites.shared("limit site", async () => {
    const site = await sites.open(sites.servers("calm"));
    const first = await site.start(site.sharedInRedis);
    const [second, control] = await Promise.all([site.start(site.sharedInRedis), site.start()]);
    const limits: LimitSite = { site, sharing: [first, second], control };
    await untilShared(site, limits.sharing);
    return limits;
  });
}

/** Sends one event with a key of the free tier many times at once; returns how many were let in. */
export async function burst(replica: Replica, apiKey: string, count = 30): Promise<number> {
  const body = JSON.stringify({ tool: "burst", success: true, timestamp: Date.now() });
  const replies = await Promise.all(
    Array.from({ length: count }, () => send(replica.process.eventsUrl, body, { apiKey })),
  );
  const strange = replies.find(({ status }) => status !== 201 && status !== 429);
  hold(strange === undefined, `a burst is answered ${strange?.status} ${strange?.code}`);
  return replies.filter(({ status }) => status === 201).length;
}

/** Lets limits be asked for until the outage is known, or over; returns how long that took. */
export async function untilAlone(
  site: Site,
  replicas: readonly Replica[],
  alone = true,
  deadlineMs = RECOVERY_MS,
): Promise<number> {
  const { apiKey } = await site.key();
  return until(
    async () => {
      await Promise.all(replicas.map((replica) => send(replica.process.eventsUrl, "{}", { apiKey })));
      return (await Promise.all(replicas.map((replica) => replica.isLimitingAlone()))).every((is) => is === alone);
    },
    alone ? "the outage is not noticed" : "the shared store is not used again",
    deadlineMs,
  );
}

export const untilShared = (site: Site, replicas: readonly Replica[]): Promise<number> =>
  untilAlone(site, replicas, false);

export interface Outage {
  readonly hurt: () => unknown;
  readonly heal: () => unknown;
  /** Whether calls fail at all, so that the breaker must open; a slow or lossy network may stay below that. */
  readonly opensBreaker?: boolean;
}

/**
 * What every outage of the shared store must come to: no request is refused or lost for it, none takes much longer, limits
 * hold in each process, a metric and a line in the log say so, and it is over within ten seconds.
 */
export async function survives({ site, sharing, control }: LimitSite, outage: Outage): Promise<void> {
  const { hurt, heal, opensBreaker = true } = outage;
  await untilShared(site, sharing);
  const { sender, holdsTrue } = witnessed(site.sql);
  const keys = await site.keys(40);
  const logged = sharing.map(({ process }) => process.log.length);
  const slow: string[] = [];
  for (let round = 1; round <= ROUNDS; round++) {
    let hurtAtMs = 0;
    let healedAtMs = 0;
    const load = { sender, replicas: [...sharing, control], keys, requestsPerSecond: REQUESTS_PER_SECOND };
    const { samples } = await underLoad(load, async () => {
      await new Promise((next) => setTimeout(next, 300));
      hurtAtMs = performance.now();
      try {
        await hurt();
        if (opensBreaker) await holdsAlone(site, sharing);
        await until(() => performance.now() - hurtAtMs > OUTAGE_MS, "time passes");
      } finally {
        await heal();
      }
      healedAtMs = performance.now();
      await untilShared(site, sharing);
    });
    const wrong = samples.filter(({ reply }) => reply.status !== 201);
    hold(wrong.length === 0, `not every request was stored: ${tally(wrong)}`);
    const during = samples.filter(({ sentAtMs }) => sentAtMs >= hurtAtMs && sentAtMs < healedAtMs);
    const p99Of = (own: boolean) => p99Ms(during.filter((sample: Sample) => (sample.replica === control) === own));
    const costMs = p99Of(false) - p99Of(true);
    if (costMs <= OUTAGE_COST_MS) break;
    slow.push(`${Math.round(costMs)} ms`);
    hold(round < ROUNDS, `the p99 is later than without limits in Redis by ${slow.join(", ")}`);
  }
  for (const [index, { process }] of sharing.entries()) {
    const lines = process.log.slice(logged[index]);
    if (!opensBreaker) continue;
    hold(lines.includes("the store of limits is out"), "no line in the log says that the store of limits is out");
    hold(lines.includes("the store of limits is back"), "no line in the log says that the store of limits is back");
  }
  await holdsTrue();
}

/** Each of the replicas has noticed, and lets in what one of them may. */
async function holdsAlone(site: Site, replicas: readonly Replica[]): Promise<void> {
  await untilAlone(site, replicas);
  for (const replica of replicas) {
    const { apiKey } = await site.key({ tier: "free" });
    const allowed = await burst(replica, apiKey);
    hold(allowed === BURST, `${allowed} instead of ${BURST} are let in while each process counts`);
  }
}
