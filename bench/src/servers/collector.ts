import { execFile } from "node:child_process";
import { randomInt } from "node:crypto";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { freePort } from "@org/services";
import { type BenchDatabase, openBenchDatabase } from "./bench-database.ts";
import { startChildServer } from "./child-server.ts";
import { type Contestant, contestant } from "./contestant.ts";
import type { ContestantOrder } from "./contestants.ts";
import { shippedNodeArguments } from "./shipped-arguments.ts";

export interface CollectorOptions {
  /** for Node itself, beside those that the container gives it */
  readonly nodeArguments?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

const COLLECTOR = fileURLToPath(new URL("../../../apps/collector/dist/cli.js", import.meta.url));
const run = promisify(execFile);

/**
 * Starts the built collector as an operator would, on PostgreSQL and Redis, with everything on that is on by default.
 * Only the limits of addresses are out of the way. Requests come through a proxy that is trusted, where they say so.
 */
export async function startCollector(
  order: ContestantOrder,
  options: CollectorOptions = {},
): Promise<Contestant<BenchDatabase>> {
  const database = await openBenchDatabase(order.databaseUrl);
  const port = await freePort();
  const environment = {
    HOST: "127.0.0.1",
    PORT: String(port),
    DATABASE_URL: database.url,
    REDIS_URL: order.redisUrl,
    MASTER_SECRET: order.masterSecret,
    TRUST_PROXY: "127.0.0.1/32",
    IP_LIMIT_REQUESTS: "1000000000",
    IP_LIMIT_WINDOW_SECONDS: "900",
    ...options.environment,
  };
  if (!existsSync(COLLECTOR)) throw new Error("The collector is not built: run `pnpm build` first.");
  await run(process.execPath, [COLLECTOR, "migrate"], { env: { PATH: process.env.PATH, ...environment } });
  await insertKeys(database, order);
  const server = await startChildServer({
    name: "collector",
    script: COLLECTOR,
    scriptArguments: ["serve"],
    port,
    environment,
    nodeArguments: [...shippedNodeArguments(), ...(options.nodeArguments ?? [])],
  });
  return contestant(server, database, "events_raw");
}

/** Straight into the table, as so many `keys create` would take hours. */
async function insertKeys(database: BenchDatabase, { keys, tier = "enterprise" }: ContestantOrder): Promise<void> {
  const [project] = await database.query("select id from projects order by id limit 1");
  // Ids that no earlier round had: a Redis that was given to us still holds the buckets of those.
  const firstKeyId = randomInt(1, 1_000_000_000);
  await database.query(
    `insert into api_keys (project_id, key_id, id, key_hash, key_prefix, last_four, name, status, tier, require_signature, secret_version)
     select $1::int, $2::int + n::int, id, hash, 'wmc_', '0000', 'bench', 'active', $5, false, 1
     from unnest($3::uuid[], $4::text[]) with ordinality as k (id, hash, n)`,
    [project?.id, firstKeyId, keys.map((key) => key.id), keys.map((key) => key.hash), tier],
  );
  await database.query("analyze api_keys");
}
