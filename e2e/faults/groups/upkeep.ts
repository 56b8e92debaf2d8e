import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { hold } from "../../src/cases/run-cases.ts";
import { type FaultCase, fault } from "../fault-case.ts";
import type { Site } from "../site/site.ts";
import { until } from "../wire/until.ts";

const LANE = "process";
const REPLICAS = 3;
const PAST_DELIVERIES = 3_000;
const LOCK_FREED_MS = 60_000;

/** The upkeep of one replica, in a process of its own. */
function startUpkeep({ databaseUrl }: Site): ChildProcess {
  const file = fileURLToPath(new URL("../site/upkeep.ts", import.meta.url));
  return spawn(process.execPath, [file, databaseUrl], { stdio: ["ignore", "ignore", "pipe"] });
}

async function succeeds(child: ChildProcess): Promise<void> {
  let errors = "";
  child.stderr?.on("data", (chunk: Buffer) => {
    errors += chunk.toString("utf8");
  });
  const [exitCode] = await once(child, "close");
  hold(exitCode === 0, `the upkeep fails: ${/^\w*Error.*$/m.exec(errors)?.[0] ?? exitCode}`);
}

/** Deliveries and a day that are past their time. */
async function age({ sql }: Site): Promise<void> {
  await sql`
    INSERT INTO deliveries (project_id, delivery_id, accepted, received_at)
    SELECT 1, gen_random_uuid(), 1, now() - interval '2 hours' FROM generate_series(1, ${PAST_DELIVERIES}::int)`;
  await sql.unsafe(`CREATE TABLE IF NOT EXISTS events_raw_20200101 PARTITION OF events_raw
    FOR VALUES FROM ('2020-01-01T00:00:00Z') TO ('2020-01-02T00:00:00Z')`);
}

async function holdsUpkeepDone({ sql }: Site): Promise<void> {
  const [row] = await sql<{ past: number; day: string | null; locks: number }[]>`
    SELECT (SELECT count(*)::int FROM deliveries WHERE received_at < now() - interval '90 minutes') AS past,
      to_regclass('events_raw_20200101')::text AS day,
      (SELECT count(*)::int FROM pg_locks WHERE locktype = 'advisory') AS locks`;
  hold(row?.past === 0, `${row?.past} deliveries past their time are left`);
  hold(row.day === null, "a day past its time is left");
}

const isPruning = async ({ sql }: Site) =>
  (
    await sql`
      SELECT FROM pg_locks l JOIN pg_stat_activity a USING (pid)
      WHERE l.locktype = 'advisory' AND l.granted AND a.datname = current_database() AND a.wait_event_type = 'Lock'`
  ).length === 1;

export const upkeepFaults: readonly FaultCase[] = [
  fault(
    LANE,
    "O-5a",
    "the upkeep of three replicas at once: one prunes, all succeed, days and deliveries past their time are gone",
    async (sites) => {
      const site = await sites.open(sites.servers("calm"));
      await (await site.start()).close();
      await site.sql.unsafe(`CREATE TABLE prunes (rows integer);
        CREATE FUNCTION note_prune() RETURNS trigger LANGUAGE plpgsql AS
          $$ BEGIN INSERT INTO prunes SELECT count(*) FROM gone; RETURN NULL; END $$;
        CREATE TRIGGER note_prune AFTER DELETE ON deliveries REFERENCING OLD TABLE AS gone
          FOR EACH STATEMENT EXECUTE FUNCTION note_prune()`);
      for (let round = 0; round < 3; round++) {
        await age(site);
        await site.sql`TRUNCATE prunes`;
        await Promise.all(Array.from({ length: REPLICAS }, () => succeeds(startUpkeep(site))));
        await holdsUpkeepDone(site);
        const prunes = await site.sql<{ rows: number }[]>`SELECT rows FROM prunes WHERE rows > 0`;
        hold(prunes.length === 1 && prunes[0]?.rows === PAST_DELIVERIES, `${prunes.length} replicas have pruned`);
      }
    },
  ),

  fault(
    LANE,
    "O-5b",
    "the replica that prunes killed half-way: its lock is free soon, the next one does all of it",
    async (sites) => {
      const site = await sites.open(sites.servers("calm"));
      await (await site.start()).close();
      await age(site);
      await site.sql.begin(async (transaction) => {
        // Whoever prunes waits here, with the lock of those who prune.
        await transaction`SELECT FROM deliveries FOR UPDATE`;
        const victim = startUpkeep(site);
        await until(() => isPruning(site), "nobody prunes");
        victim.kill("SIGKILL");
        await once(victim, "close");
      });
      const freedMs = await until(async () => !(await isPruning(site)), "the lock is not freed", LOCK_FREED_MS);
      hold(freedMs <= LOCK_FREED_MS, `the lock is held for ${Math.round(freedMs)} ms`);
      await succeeds(startUpkeep(site));
      await holdsUpkeepDone(site);
    },
  ),
];
