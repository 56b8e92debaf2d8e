import { freePort } from "@org/services";
import type { ApiKey } from "../load/api-keys.ts";
import { openBenchDatabase } from "./bench-database.ts";
import { startChildServer } from "./child-server.ts";
import { startCollector } from "./collector.ts";
import { type Contestant, contestant } from "./contestant.ts";
import { GUIDE_TABLES } from "./guide-tables.ts";

export type ContestantName = "bare" | "naive" | "ours";

export interface ContestantOrder {
  readonly databaseUrl: string;
  readonly redisUrl: string;
  readonly keys: readonly ApiKey[];
  /** of the keys; defaults to the largest, so that limits are not in the way */
  readonly tier?: "free" | "enterprise";
  /** of the collector, 64 hex digits */
  readonly masterSecret: string;
}

/** Starts one of the servers afresh, with an empty database of its own that knows the keys. */
export function startContestant(name: ContestantName, order: ContestantOrder): Promise<Contestant> {
  if (name === "bare") return startBare();
  return name === "naive" ? startNaive(order) : startCollector(order);
}

async function startBare(): Promise<Contestant> {
  const port = await freePort();
  const server = await startChildServer({
    name: "bare Fastify",
    script: new URL("./bare-fastify.ts", import.meta.url),
    scriptArguments: [String(port)],
    port,
    environment: {},
  });
  return contestant(server, undefined, "");
}

async function startNaive({ databaseUrl, keys }: ContestantOrder): Promise<Contestant> {
  const database = await openBenchDatabase(databaseUrl);
  await database.query(GUIDE_TABLES);
  await database.query(
    `insert into api_keys (id, key_hash, rate_limit_per_day)
     select id, hash, 1000000000 from unnest($1::uuid[], $2::text[]) as k (id, hash)`,
    [keys.map((key) => key.id), keys.map((key) => key.hash)],
  );
  const port = await freePort();
  const server = await startChildServer({
    name: "naive guide server",
    script: new URL("./naive-guide.ts", import.meta.url),
    scriptArguments: [String(port)],
    port,
    environment: { DATABASE_URL: database.url },
  });
  return contestant(server, database, "analytics_events");
}
