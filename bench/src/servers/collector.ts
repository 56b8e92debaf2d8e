import { execFile } from "node:child_process";
import { randomBytes, randomInt } from "node:crypto";
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
 * Only the limits are out of the way: the keys are of the largest tier, and the one address that sends everything may.
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
    MASTER_SECRET: randomBytes(32).toString("hex"),
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

/** Straight into the table, as a thousand `keys create` would take minutes. */
async function insertKeys(database: BenchDatabase, { keys }: ContestantOrder): Promise<void> {
  const [project] = await database.query("select id from projects order by id limit 1");
  // Ids that no earlier round had: a Redis that was given to us still holds the buckets of those.
  const firstKeyId = randomInt(1, 1_000_000_000);
  await database.query(
    `insert into api_keys (project_id, key_id, id, key_hash, key_prefix, last_four, name, status, tier, require_signature, secret_version)
     select $1::int, $2::int + n::int, id, hash, 'wmc_', '0000', 'bench', 'active', 'enterprise', false, 1
     from unnest($3::uuid[], $4::text[]) with ordinality as k (id, hash, n)`,
    [project?.id, firstKeyId, keys.map((key) => key.id), keys.map((key) => key.hash)],
  );
}
