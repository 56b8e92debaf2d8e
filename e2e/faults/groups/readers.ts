import postgres from "postgres";
import { hold } from "../../src/cases/run-cases.ts";
import { UsageReader } from "../../src/usage-reader.ts";
import { type FaultCase, fault } from "../fault-case.ts";
import type { Replica } from "../site/replica.ts";
import type { Site } from "../site/site.ts";
import { until } from "../wire/until.ts";

const LANE = "readers";
const READERS = 16;
const ZONES = 30;
/** The server cuts a connection without traffic after this. */
const CONNECTION_LIMIT_MS = 12_000;
/** The session comes this late: with 9 s for the counts behind it, the connection would be cut first. */
const SESSION_DELAY_MS = 6_000;

interface Read {
  /** undefined: cut without a response */
  readonly status: number | undefined;
  readonly retryAfter: string | null;
  readonly tookMs: number;
}

/** Asks for the usage of 28 days. Never rejects. */
async function readUsage({ url }: Replica, cookie: string, zone: string): Promise<Read> {
  const startMs = performance.now();
  const asked = `${url}/api/v1/usage?range=28d&tz=${encodeURIComponent(zone)}`;
  try {
    const response = await fetch(asked, { headers: { cookie }, signal: AbortSignal.timeout(30_000) });
    await response.arrayBuffer();
    const retryAfter = response.headers.get("retry-after");
    return { status: response.status, retryAfter, tookMs: performance.now() - startMs };
  } catch {
    return { status: undefined, retryAfter: null, tookMs: performance.now() - startMs };
  }
}

function holdAllAnswered(reads: readonly Read[], when: string): void {
  const cut = reads.filter(({ status }) => status === undefined).length;
  hold(cut === 0, `${when} ${cut} of ${reads.length} connections are cut`);
  const slowestMs = Math.max(...reads.map(({ tookMs }) => tookMs));
  hold(slowestMs < CONNECTION_LIMIT_MS, `${when} a response takes ${Math.round(slowestMs)} ms`);
  const strange = reads.filter(({ status, retryAfter }) => status !== 200 && !(status === 503 && retryAfter !== null));
  hold(strange.length === 0, `${when} a response is ${strange[0]?.status} with Retry-After ${strange[0]?.retryAfter}`);
}

/** Counts that wait for the lock of the events. */
async function waitingCounts({ sql }: Site): Promise<number> {
  const rows = await sql`
    SELECT FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%width_bucket%'`;
  return rows.length;
}

/** Not a transaction block of the driver: it would end this process when its connection dies. */
async function whileLocked({ databaseUrl }: Site, work: () => Promise<void>): Promise<void> {
  const holder = postgres(databaseUrl, { max: 1, onnotice: () => {} });
  try {
    await holder.unsafe("BEGIN; LOCK TABLE events_raw IN ACCESS EXCLUSIVE MODE");
    await work();
  } finally {
    await holder.end({ timeout: 0 });
  }
}

export const readerFaults: readonly FaultCase[] = [
  fault(
    LANE,
    "C-15",
    "sixteen readers of 28 days at once, events locked, then responses of PostgreSQL late: one statement, 200 or 503, none cut",
    async (sites) => {
      const site = await sites.open(sites.servers("calm"));
      const replica = await site.start();
      await site.untilReady(replica);
      const { cookie } = await UsageReader.signIn(replica.url, await replica.process.adminLink());
      const readAll = (zones: readonly string[]) => Promise.all(zones.map((zone) => readUsage(replica, cookie, zone)));
      const equal = Array<string>(READERS).fill("UTC");
      const different = Intl.supportedValuesOf("timeZone")
        .filter((zone) => zone.startsWith("Europe/"))
        .slice(0, ZONES);

      await whileLocked(site, async () => {
        const reading = readAll(equal);
        let isReading = true;
        const ended = reading.finally(() => {
          isReading = false;
        });
        let peak = 0;
        while (isReading) peak = Math.max(peak, await waitingCounts(site));
        hold(peak === 1, `${READERS} equal questions run ${peak} statements at once`);
        holdAllAnswered(await ended, "with equal questions");
        holdAllAnswered(await readAll(different), "with different questions");
      });

      await whileLocked(site, async () => {
        site.databaseProxy.hang("answers");
        const startMs = performance.now();
        const late = readAll(equal);
        await until(() => performance.now() - startMs > SESSION_DELAY_MS, "time does not pass");
        await site.databaseProxy.restore("delivered");
        await until(async () => (await waitingCounts(site)) > 0, "no count follows the late session");
        site.databaseProxy.hang("answers");
        holdAllAnswered(await late, "with a late session and no counts");
      });
      await site.databaseProxy.restore();
      await until(
        async () => (await readUsage(replica, cookie, "UTC")).status === 200,
        "readers get no response after the outage",
      );
      await replica.close();
    },
  ),
];
