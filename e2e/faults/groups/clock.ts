import { hold } from "../../src/cases/run-cases.ts";
import { type FaultCase, fault } from "../fault-case.ts";
import { witnessed } from "../site/sites.ts";
import { statusOf } from "../wire/send.ts";
import { until } from "../wire/until.ts";
import { processSite } from "./life-and-death.ts";
import { burst } from "./limit-outage.ts";

const LANE = "process";
const HOUR_MS = 3_600_000;

/** The first moment of the month after next, UTC. */
function nextMonth(): number {
  const now = new Date();
  return Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 2, 1);
}

export const clockFaults: readonly FaultCase[] = [
  fault(
    LANE,
    "CN-2",
    "the clock steps by seconds and by an hour, both ways: no crash, the wall clock decides, no tokens are minted",
    async (sites) => {
      const site = await processSite(sites);
      const replica = await site.start();
      let offsetMs = 0;
      const { sender, holdsTrue } = witnessed(site.sql, () => Date.now() + offsetMs);
      const key = await site.key();
      const free = await site.key({ tier: "free" });
      hold((await burst(replica, free.apiKey)) === 10, "the burst is not held");
      for (const step of [-5_000, 5_000, HOUR_MS, -HOUR_MS, 0]) {
        offsetMs = step;
        await replica.tell({ clockOffsetMs: step });
        await until(async () => (await statusOf(`${replica.url}/readyz`)) === 200, "it does not get ready", 5_000);
        const stored = await sender.single(replica, key);
        hold(stored.status === 201, `an event of its own time is answered ${stored.status} after a step to ${step} ms`);
        const batch = await sender.sendBatch(replica, sender.batch(key, 3, true));
        hold(
          batch.status === 201,
          `a signed batch of its own time is answered ${batch.status} after a step to ${step} ms`,
        );
      }
      // An hour ahead the bucket has filled again, as it should; back in its own time it must not have filled once more.
      await burst(replica, free.apiKey);
      const minted = await burst(replica, free.apiKey);
      hold(minted === 0, `${minted} tokens came from nowhere`);
      await holdsTrue();
      await replica.close();
    },
  ),

  fault(
    LANE,
    "CN-2a",
    "two replicas three seconds apart: a client between them is taken by both, a repeat is a duplicate",
    async (sites) => {
      const site = await processSite(sites);
      const ahead = await site.start({ env: { FAULTS_CLOCK_OFFSET_MS: "1500" } });
      const behind = await site.start({ env: { FAULTS_CLOCK_OFFSET_MS: "-1500" } });
      // As far ahead of the one behind as an event may be, less what the way takes.
      const { sender, holdsTrue } = witnessed(site.sql, () => Date.now() - 1_000);
      const key = await site.key();
      for (let i = 0; i < 5; i++) {
        const batch = sender.batch(key, 2, true);
        const [first, second] = i % 2 === 0 ? [ahead, behind] : [behind, ahead];
        const stored = await sender.sendBatch(first, batch);
        const repeated = await sender.sendBatch(second, batch);
        hold(stored.status === 201, `the first answers ${stored.status} ${stored.code}`);
        hold(repeated.status === 201 && repeated.json.duplicate === true, `the other answers ${repeated.status}`);
      }
      await holdsTrue();
      await Promise.all([ahead.close(), behind.close()]);
    },
  ),

  fault(
    LANE,
    "PF-9a",
    "over the end of a month: there is a partition for each day, nothing is lost, a replay stays one",
    async (sites) => {
      const site = await sites.open(sites.servers("calm"));
      const midnightMs = nextMonth();
      let offsetMs = midnightMs - 60_000 - Date.now();
      const replica = await site.start({ env: { FAULTS_CLOCK_OFFSET_MS: String(offsetMs) } });
      const now = () => Date.now() + offsetMs;
      const { sender, holdsTrue } = witnessed(site.sql, now);
      const key = await site.key();
      // However long the start took, midnight is still to come.
      offsetMs = midnightMs - 1_500 - Date.now();
      await replica.tell({ clockOffsetMs: offsetMs });
      const batch = sender.batch(key, 5, true);
      const first = await sender.sendBatch(replica, batch);
      hold(first.status === 201, `before midnight: ${first.status} ${first.code}`);
      while (now() < midnightMs + 500) {
        const { status, code } = await sender.single(replica, key);
        hold(status === 201, `around midnight: ${status} ${code}`);
        await new Promise((next) => setTimeout(next, 10));
      }
      const again = await sender.sendBatch(replica, batch);
      hold(again.status === 201 && again.json.duplicate === true, `a batch of yesterday again: ${again.status}`);
      await holdsTrue();
      await replica.close();
    },
  ),
];
