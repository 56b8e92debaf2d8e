import type { ApiKey } from "../load/api-keys.ts";
import { type BenchDatabase, openBenchDatabase } from "../servers/bench-database.ts";
import { GUIDE_TABLES } from "../servers/guide-tables.ts";

const ROWS_PER_STATEMENT = 1_000;

/** A database with the guide's tables that hold so many events, in order of time, of the same mix as the load. */
export async function fillGuideTable(
  databaseUrl: string,
  keys: readonly ApiKey[],
  events: number,
): Promise<BenchDatabase> {
  const database = await openBenchDatabase(databaseUrl);
  await database.query(GUIDE_TABLES);
  const ids = keys.map((key) => key.id);
  await database.query("insert into api_keys (id, key_hash) select * from unnest($1::uuid[], $2::text[])", [
    ids,
    keys.map((key) => key.hash),
  ]);
  for (let from = 0; from < events; from += ROWS_PER_STATEMENT) {
    await database.query(
      `insert into analytics_events (api_key_id, tool_name, success, error_type, timestamp)
       select ($1::uuid[])[1 + n / 100 % $2], 'get_tool_' || n % 20, n % 10 <> 0,
         case when n % 10 = 0 then 'TIMEOUT' end, clock_timestamp() - make_interval(secs => n % 50 / 1000.0)
       from generate_series($3::int, $4::int) as n`,
      [ids, ids.length, from, from + ROWS_PER_STATEMENT - 1],
    );
  }
  return database;
}
