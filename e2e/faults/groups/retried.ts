import { hold } from "../../src/cases/run-cases.ts";
import { type FaultCase, fault } from "../fault-case.ts";
import { witnessed } from "../site/sites.ts";
import { storageSite } from "./storage-outage.ts";

const EVENTS = 6;

/** What PostgreSQL asks its clients to try again. */
export const retriedFaults: readonly FaultCase[] = [
  fault(
    "postgres",
    "PF-11a",
    "a deadlock or serialization failure: tried once more and stored; where it does not end, 503 after two tries",
    async (sites) => {
      const { site, replicas } = await storageSite(sites);
      const [replica] = replicas;
      await site.untilReady(...replicas);
      const { sender, holdsTrue } = witnessed(site.sql);
      const key = await site.key();
      const tries = async () =>
        Number((await site.sql<{ tries: string }[]>`SELECT nextval('tries') AS tries`)[0]?.tries) - 1;
      try {
        for (const code of ["40001", "40P01"]) {
          for (const [always, status] of [
            [false, 201],
            [true, 503],
          ] as const) {
            // A sequence counts what is rolled back as well.
            await site.sql.unsafe(`CREATE SEQUENCE tries;
              CREATE FUNCTION stumble() RETURNS trigger LANGUAGE plpgsql AS $$ DECLARE try bigint := nextval('tries'); BEGIN
                IF try % 2 = 1 OR ${always} THEN RAISE EXCEPTION USING ERRCODE = '${code}'; END IF;
                RETURN NULL;
              END $$;
              CREATE TRIGGER stumble AFTER INSERT ON events_raw FOR EACH STATEMENT EXECUTE FUNCTION stumble()`);
            for (let i = 0; i < EVENTS / 2; i++) {
              const single = await sender.single(replica, key);
              const batch = await sender.sendBatch(replica, sender.batch(key, 4));
              for (const reply of [single, batch]) {
                hold(reply.status === status, `${code}: answered ${reply.status} ${reply.code}`);
                hold(status === 201 || reply.headers["retry-after"] !== undefined, "a 503 without Retry-After");
              }
            }
            const count = await tries();
            hold(count === 2 * EVENTS, `${code}: ${count} tries for ${EVENTS} requests`);
            await site.sql.unsafe("DROP FUNCTION stumble CASCADE; DROP SEQUENCE tries");
          }
        }
      } finally {
        await site.sql.unsafe("DROP FUNCTION IF EXISTS stumble CASCADE; DROP SEQUENCE IF EXISTS tries");
      }
      await site.untilReady(...replicas);
      await holdsTrue();
    },
  ),
];
