import { readFileSync } from "node:fs";
import { join } from "node:path";
import postgres from "postgres";
import { hold } from "../../src/cases/run-cases.ts";
import { type FaultCase, fault } from "../fault-case.ts";
import type { Site } from "../site/site.ts";
import { witnessed } from "../site/sites.ts";
import { statusOf } from "../wire/send.ts";
import { until } from "../wire/until.ts";
import { storageSite } from "./storage-outage.ts";

const LANE = "postgres";
/** A second for the collector, and one in which `/readyz` keeps its response. */
const READY_MS = 2_000;

type Blow = (site: Site, waiterPid: number, postmasterPid: number) => unknown;

const BLOWS: readonly (readonly [name: string, blow: Blow, endsServer: boolean])[] = [
  ["its backend terminated", ({ sql }, pid) => sql`SELECT pg_terminate_backend(${pid}::int)`, false],
  ["its backend killed", (_site, pid) => process.kill(pid, "SIGKILL"), false],
  ["PostgreSQL stopped fast", (_site, _pid, postmaster) => process.kill(postmaster, "SIGINT"), true],
  ["PostgreSQL stopped immediately", (_site, _pid, postmaster) => process.kill(postmaster, "SIGQUIT"), true],
  ["its postmaster killed", (_site, _pid, postmaster) => process.kill(postmaster, "SIGKILL"), true],
];

/** Process id of the probe's trial that waits for a lock. */
async function waiterOf({ sql }: Site): Promise<number> {
  let pid: number | undefined;
  await until(async () => {
    const [row] = await sql<{ pid: number }[]>`
      SELECT pid FROM pg_stat_activity
      WHERE datname = current_database() AND application_name = 'collector lookup' AND wait_event_type = 'Lock'`;
    pid = row?.pid;
    return pid !== undefined;
  }, "no trial of the probe waits");
  return pid as number;
}

async function postmasterOf({ sql }: Site): Promise<number> {
  const [row] = await sql<{ data_directory: string }[]>`SHOW data_directory`;
  const [pid] = readFileSync(join(row?.data_directory as string, "postmaster.pid"), "utf8").split("\n");
  return Number(pid);
}

/** Starts the server again; the backends of a killed postmaster may take a moment to end. */
async function restart({ postgres: server }: Site): Promise<void> {
  await server.crash();
  await until(
    () =>
      server.start().then(
        () => true,
        () => false,
      ),
    "PostgreSQL does not start again",
  );
}

export const dyingBackendFaults: readonly FaultCase[] = BLOWS.map(([name, blow, endsServer], index) =>
  fault(
    LANE,
    `PF-5${"bcdef"[index]}`,
    `the table of events locked, the probe waiting for it, ${name}: the process lives and is ready soon`,
    async (sites) => {
      const { site, replicas } = await storageSite(sites);
      const [replica] = replicas;
      await site.untilReady(...replicas);
      const { sender, holdsTrue } = witnessed(site.sql);
      const key = await site.key();
      await sender.single(replica, key);
      const postmasterPid = await postmasterOf(site);
      const { pid } = replica.process;
      // Not a transaction block of the driver: it would end this process as it ended the collector.
      const holder = postgres(site.databaseUrl, { max: 1, onnotice: () => {} });
      try {
        await holder.unsafe("BEGIN; LOCK TABLE events_raw IN ACCESS EXCLUSIVE MODE");
        const refused = await sender.single(replica, key);
        hold(refused.status === 503, `it is answered ${refused.status} while the table is locked`);
        // `/readyz` keeps its last response for a second.
        let asking = true;
        const asked = (async () => {
          while (asking) await statusOf(`${replica.url}/readyz`);
        })();
        const waiter = await waiterOf(site);
        await blow(site, waiter, postmasterPid);
        asking = false;
        await asked;
      } finally {
        await holder.end({ timeout: 0 });
      }
      if (endsServer) await restart(site);
      else
        await until(
          () =>
            site.sql`SELECT 1`.then(
              () => true,
              () => false,
            ),
          "PostgreSQL does not recover",
        );
      const readyMs = await until(
        async () => (await statusOf(`${replica.url}/readyz`)) === 200,
        "it does not get ready",
      );
      hold(replica.process.isRunning && replica.process.pid === pid, "the process has ended");
      hold(readyMs <= READY_MS, `it took ${Math.round(readyMs)} ms to get ready`);
      const after = await sender.single(replica, key);
      hold(after.status === 201, `it is answered ${after.status} afterwards`);
      await site.untilReady(...replicas);
      await holdsTrue();
    },
  ),
);
