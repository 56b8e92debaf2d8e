import { EVENTS_PATH } from "@org/mcp-analytics-schema";
import { endpointOf } from "../../attack/wire/endpoint.ts";
import { RawConnection } from "../../attack/wire/raw-connection.ts";
import { requestBytes } from "../../attack/wire/request.ts";
import { hold } from "../../src/cases/run-cases.ts";
import { type FaultCase, fault } from "../fault-case.ts";
import type { Replica } from "../site/replica.ts";
import type { Site } from "../site/site.ts";
import { type Sites, witnessed } from "../site/sites.ts";
import { tally, underLoad } from "../wire/load.ts";
import { send, statusOf } from "../wire/send.ts";
import { until } from "../wire/until.ts";

const LANE = "process";
const SHUTDOWN_DEADLINE_MS = 2_000;
/** A kill in each, at another moment of what it is doing. */
const KILLS = 8;

/** A site whose servers nobody hurts; each case starts the collectors that it ends. */
export const processSite = (sites: Sites): Promise<Site> =>
  sites.shared("process site", () => sites.open(sites.servers("calm")));

const start = (site: Site, env: Record<string, string> = {}) =>
  site.start({ env: { SHUTDOWN_DEADLINE_MS: String(SHUTDOWN_DEADLINE_MS), ...env } });

/** A request of which the collector has everything but the last bytes. */
async function heldBack(replica: Replica, apiKey: string, bytes: number) {
  const body = JSON.stringify({ tool: "held_back", success: true, timestamp: Date.now() });
  const endpoint = endpointOf(replica.url);
  const headers = [
    ["X-API-Key", apiKey],
    ["Expect", "100-continue"],
  ] as const;
  const whole = requestBytes(endpoint.authority, { path: EVENTS_PATH, headers, body });
  const connection = new RawConnection(endpoint);
  connection.send(whole.subarray(0, whole.length - bytes));
  await until(() => connection.rest.startsWith("HTTP/1.1 100 "), "the headers of a request are not read");
  return { connection, rest: whole.subarray(whole.length - bytes) };
}

/** Waits for the end of a process and holds it to its exit code and a deadline. */
async function ends(replica: Replica, exitCode: number | null, withinMs: number): Promise<void> {
  const tookMs = await until(() => !replica.process.isRunning, "it does not end", withinMs + 10_000);
  hold(tookMs <= withinMs, `it takes ${Math.round(tookMs)} ms to end`);
  const code = await replica.process.exited();
  hold(code === exitCode, `it exits ${code} instead of ${exitCode}`);
}

export const lifeAndDeathFaults: readonly FaultCase[] = [
  fault(
    LANE,
    "PC-1",
    "SIGTERM with the last byte of a body held back: answered, nobody new let in, exit 0",
    async (sites) => {
      const site = await processSite(sites);
      const replica = await start(site);
      const { apiKey, projectId } = await site.key();
      await send(replica.process.eventsUrl, "{}", { apiKey });
      const { connection, rest } = await heldBack(replica, apiKey, 1);
      replica.process.signal("SIGTERM");
      await until(() => replica.process.log.includes('"closing"'), "it does not hear the signal");
      await until(async () => (await statusOf(`${replica.url}/livez`)) !== 200, "new connections are served");
      connection.send(rest);
      const answer = await connection.answer();
      hold(answer.status === 201, `the request is answered ${answer.status} ${answer.code}`);
      await ends(replica, 0, SHUTDOWN_DEADLINE_MS + 1_500);
      const rows = await site.sql`SELECT FROM events_raw WHERE project_id = ${projectId}`;
      hold(rows.length === 1, `${rows.length} rows are stored`);
    },
  ),

  fault(
    LANE,
    "PC-1a",
    "SIGTERM with clients that drip headers and bodies: cut off at the deadline, exit 0",
    async (sites) => {
      const site = await processSite(sites);
      const replica = await start(site);
      const { apiKey } = await site.key();
      await send(replica.process.eventsUrl, "{}", { apiKey });
      const dripping = await Promise.all(Array.from({ length: 20 }, () => heldBack(replica, apiKey, 60)));
      const headers = Array.from({ length: 20 }, () => new RawConnection(endpointOf(replica.url)));
      for (const connection of headers) connection.send("POST /v1/events HTTP/1.1\r\nHost: a\r\n");
      const drip = setInterval(() => {
        for (const { connection } of dripping) connection.send(" ");
        for (const connection of headers) connection.send("X");
      }, 200);
      try {
        replica.process.signal("SIGTERM");
        await ends(replica, 0, SHUTDOWN_DEADLINE_MS + 2_500);
      } finally {
        clearInterval(drip);
        for (const connection of [...headers, ...dripping.map((one) => one.connection)]) connection.end();
      }
    },
  ),

  fault(LANE, "PC-3", "a second SIGTERM ends it at once with 1; one during start-up ends it cleanly", async (sites) => {
    const site = await processSite(sites);
    const replica = await start(site, { SHUTDOWN_DEADLINE_MS: "60000" });
    const { apiKey } = await site.key();
    const { connection } = await heldBack(replica, apiKey, 1);
    replica.process.signal("SIGTERM");
    await until(() => replica.process.log.includes('"closing"'), "it does not hear the signal");
    replica.process.signal("SIGTERM");
    await ends(replica, 1, 1_500);
    connection.end();
    for (const afterMs of [0, 200, 500, 900]) {
      replica.process.launch();
      await new Promise((next) => setTimeout(next, afterMs));
      replica.process.signal("SIGTERM");
      const code = await Promise.race([
        replica.process.exited(),
        new Promise<string>((resolve) => setTimeout(resolve, 15_000, "nothing")),
      ]);
      // Before Node runs any code of ours, the signal itself ends it.
      hold(code === 0 || code === null, `a SIGTERM ${afterMs} ms after the start: exit ${code}`);
    }
    await replica.process.start();
    await replica.close();
  }),

  fault(
    LANE,
    "PC-4",
    "killed again and again under load: what was acknowledged is stored once, no batch in part",
    async (sites) => {
      const site = await processSite(sites);
      const replicas = [await start(site), await start(site)] as const;
      const { sender, holdsTrue } = witnessed(site.sql);
      const options = { sender, replicas, keys: await site.keys(20), requestsPerSecond: 60 };
      const kills = Math.max(4, Math.round(KILLS * sites.effort));
      const load = await underLoad(options, async (running) => {
        for (let i = 0; i < kills; i++) {
          const replica = replicas[(i % 2) as 0 | 1];
          await new Promise((next) => setTimeout(next, 50 + ((i * 137) % 400)));
          await replica.process.kill();
          await replica.process.start();
          await running.settle(replica);
        }
      });
      await load.settle(replicas[0]);
      const { samples } = load;
      const strange = samples.filter(({ reply }) => reply.status !== undefined && ![201, 503].includes(reply.status));
      hold(strange.length === 0, `neither 201, 503 nor lost: ${tally(strange)}`);
      hold(
        samples.some(({ reply }) => reply.status === 201),
        "nothing was stored",
      );
      await holdsTrue();
      await Promise.all(replicas.map((replica) => replica.close()));
    },
  ),

  ...(["exception", "rejection"] as const).map((throws) =>
    fault(
      LANE,
      throws === "exception" ? "PC-5" : "PC-5a",
      `an ${throws === "exception" ? "uncaught exception" : "unhandled rejection"}: logged, drained, exit 1`,
      async (sites) => {
        const site = await processSite(sites);
        const replica = await start(site);
        const { sender, holdsTrue } = witnessed(site.sql);
        const keys = await site.keys(10);
        const options = { sender, replicas: [replica], keys, requestsPerSecond: 40 };
        const load = await underLoad(options, async ({ samples }) => {
          await until(() => samples.length > 20, "the load does not begin");
          await replica.tell({ throws });
          await ends(replica, 1, SHUTDOWN_DEADLINE_MS + 2_500);
          hold(replica.process.log.includes("unexpected error"), "it logs nothing");
          await replica.process.start();
        });
        await load.settle(replica);
        await holdsTrue();
        await replica.close();
      },
    ),
  ),

  fault(
    LANE,
    "PC-6",
    "the event loop blocked for 2 s: everybody is answered after, and nothing is taken for an outage",
    async (sites) => {
      const site = await processSite(sites);
      const replica = await site.start(site.sharedInRedis);
      const { sender, holdsTrue } = witnessed(site.sql);
      const options = { sender, replicas: [replica], keys: await site.keys(20), requestsPerSecond: 60 };
      const { samples } = await underLoad(options, async (load) => {
        await until(() => load.samples.length > 30, "the load does not begin");
        await replica.tell({ blockMs: 2_000 });
        await until(() => load.samples.length > 200, "the load does not go on");
      });
      const wrong = samples.filter(({ reply }) => reply.status !== 201);
      hold(wrong.length === 0, `not all is stored: ${tally(wrong)}`);
      hold((await statusOf(`${replica.url}/readyz`)) === 200, "it is not ready afterwards");
      await holdsTrue();
      await replica.close();
    },
  ),

  fault(
    LANE,
    "PC-6a",
    "64 file descriptors: who comes too much waits or is turned away, then all is well again",
    async (sites) => {
      const site = await processSite(sites);
      const under = ["sh", "-c", 'ulimit -n 64 && exec "$0" "$@"'];
      const replica = await site.start({ under, env: {} });
      const { sender, holdsTrue } = witnessed(site.sql);
      const key = await site.key();
      const flood = Array.from({ length: 200 }, () => new RawConnection(endpointOf(replica.url)));
      for (const connection of flood) connection.send("POST /v1/events HTTP/1.1\r\nHost: a\r\n");
      await until(() => flood.some(({ isEnded }) => isEnded) || replica.process.isRunning, "nothing happens", 1_000);
      await new Promise((next) => setTimeout(next, 1_000));
      hold(replica.process.isRunning, "it has died");
      for (const connection of flood) connection.end();
      await until(async () => (await sender.single(replica, key)).status === 201, "it does not recover", 10_000);
      await holdsTrue();
      await replica.close();
    },
  ),

  fault(
    LANE,
    "PC-7",
    "two replicas restarted in turn under load: clients that go to the other one lose nothing",
    async (sites) => {
      const site = await processSite(sites);
      const replicas = [await start(site), await start(site)] as const;
      const { sender, holdsTrue } = witnessed(site.sql);
      const key = await site.key();
      let isOver = false;
      let sent = 0;
      const client = async (index: number) => {
        for (let turn = index; !isOver; turn++) {
          const batch = sender.batch(key, 2);
          let tries = 0;
          // As a load balancer does: what one does not take goes to the other.
          while ((await sender.sendBatch(replicas[((turn + tries) % 2) as 0 | 1], batch)).status !== 201) {
            hold(++tries < 50, "neither replica takes a batch");
            await new Promise((next) => setTimeout(next, 20));
          }
          sent += 1;
          await new Promise((next) => setTimeout(next, 40));
        }
      };
      const clients = Promise.all([0, 1, 2, 3].map(client));
      for (const replica of [...replicas, ...replicas]) {
        const code = await replica.process.stop();
        hold(code === 0, `a replica exits ${code}`);
        await replica.process.start();
      }
      isOver = true;
      await clients;
      hold(sent > 20, "hardly anything was sent");
      await holdsTrue();
      await Promise.all(replicas.map((replica) => replica.close()));
    },
  ),

  fault(
    LANE,
    "O-5",
    "three replicas started at once on an empty database: tables are made once, all get ready",
    async (sites) => {
      const site = await sites.open(sites.servers("calm"));
      const replicas = await Promise.all([0, 1, 2].map(() => site.start()));
      const { sender, holdsTrue } = witnessed(site.sql);
      const key = await site.key();
      for (const replica of replicas) {
        const { status } = await sender.single(replica, key);
        hold(status === 201, `a replica answers ${status}`);
      }
      const [row] = await site.sql<{ count: number; names: number }[]>`
      SELECT count(*)::int AS count, count(DISTINCT hash)::int AS names FROM drizzle.__drizzle_migrations`;
      hold(row !== undefined && row.count > 0 && row.count === row.names, "a migration ran twice");
      await holdsTrue();
      await Promise.all(replicas.map((replica) => replica.close()));
    },
  ),
];
