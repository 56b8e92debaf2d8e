import { setTimeout as wait } from "node:timers/promises";
import postgres, { type Sql } from "postgres";
import type { StorageOutage, StorageSite } from "./storage-outage.ts";

const AT_A_TIME = 15;
const ANSWER_MS = 5_000;
const QUIET_ROUNDS = 3;
const SIGN_IN_MS = 60;

/** Takes every connection there is, and drives the collectors out of theirs. */
export function takenConnections({ site }: StorageSite): StorageOutage {
  let taken: Sql[] = [];
  const take = async () => {
    const more = Array.from({ length: AT_A_TIME }, () =>
      postgres(site.databaseUrl, { max: 1, connect_timeout: 5, onnotice: () => {} }),
    );
    const held = await Promise.allSettled(more.map((sql) => sql`SELECT 1`));
    const refused = more.filter((_sql, index) => held[index]?.status === "rejected");
    taken.push(...more.filter((sql) => !refused.includes(sql)));
    await Promise.all(refused.map((sql) => sql.end({ timeout: 1 })));
    return refused.length;
  };
  const driveOut = () => site.sql`
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE application_name LIKE 'collector%' AND datname = current_database()`;
  return {
    async hurt() {
      // They come back for every place that becomes free, until none of them has one; who is only signing in has no name yet.
      for (let quiet = 0; quiet < QUIET_ROUNDS; ) {
        while ((await take()) === 0);
        quiet = (await driveOut()).length === 0 ? quiet + 1 : 0;
        await wait(SIGN_IN_MS);
      }
    },
    async heal() {
      await Promise.all(taken.map((sql) => sql.end({ timeout: 1 })));
      taken = [];
    },
    answerMs: ANSWER_MS,
  };
}
