import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startServices } from "@org/services";
import { makeApiKeys, writeKeysFile } from "../load/api-keys.ts";
import { findWrk } from "../load/find-wrk.ts";
import type { BenchStage } from "./measure.ts";
import { useWal } from "./use-wal.ts";

const KEYS = 1_000;

/** PostgreSQL, Redis, wrk and 1,000 API keys for the time of `work`, and nothing left afterwards. */
export async function withStage<Result>(work: (stage: BenchStage) => Promise<Result>): Promise<Result> {
  const wrk = findWrk();
  const { databaseUrl, redisUrl, stop } = await startServices({ postgres: true, redis: true });
  const folder = mkdtempSync(join(tmpdir(), "mcp-analytics-bench-"));
  try {
    await useWal(databaseUrl);
    const keys = makeApiKeys(KEYS);
    const keysFile = join(folder, "keys");
    writeKeysFile(keysFile, keys);
    return await work({ wrk, keysFile, keys, databaseUrl, redisUrl });
  } finally {
    rmSync(folder, { recursive: true, force: true });
    await stop();
  }
}
