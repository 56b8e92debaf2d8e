import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startServices } from "@org/services";
import { makeApiKeys, writeKeysFile } from "../load/api-keys.ts";
import { findWrk } from "../load/find-wrk.ts";
import type { BenchStage } from "./measure.ts";
import { useWal } from "./use-wal.ts";

const HOT_KEYS = 1_000;
const FLEET_KEYS = 200_000;
/** The fleet is the same in every run, so that key order and cache behaviour are comparable. */
const FLEET_SEED = "fleet";

/** PostgreSQL, Redis, wrk and API keys, 1,000 hot ones and a fleet, for the time of `work`, and nothing left afterwards. */
export async function withStage<Result>(work: (stage: BenchStage) => Promise<Result>): Promise<Result> {
  const wrk = findWrk();
  const { databaseUrl, redisUrl, stop } = await startServices({ postgres: true, redis: true });
  const folder = mkdtempSync(join(tmpdir(), "mcp-analytics-bench-"));
  try {
    await useWal(databaseUrl);
    const hot = makeApiKeys(HOT_KEYS);
    const fleet = makeApiKeys(FLEET_KEYS, FLEET_SEED);
    const files = { hot: join(folder, "hot"), fleet: join(folder, "fleet"), requests: join(folder, "requests") };
    writeKeysFile(files.hot, hot);
    writeKeysFile(files.fleet, fleet);
    const masterSecret = randomBytes(32).toString("hex");
    return await work({ wrk, files, keys: hot, fleet, masterSecret, databaseUrl, redisUrl });
  } finally {
    rmSync(folder, { recursive: true, force: true });
    await stop();
  }
}
