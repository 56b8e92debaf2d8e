import type { ProblemCode } from "@org/mcp-analytics-schema";
import type { Lifecycle } from "../http/lifecycle.ts";
import type { StorageHealth } from "../storage/storage-health.ts";

/** One write answers for all probes within this time. */
const CACHE_MS = 1_000;
/** A database that hangs is out. */
const PROBE_TIMEOUT_MS = 1_000;

/** Whether the collector can do its work: undefined when it can, else why not. */
export type Readiness = () => Promise<ProblemCode | undefined>;

export function createReadiness(storage: StorageHealth, lifecycle: Lifecycle, now: () => number): Readiness {
  let lastProbe: Promise<boolean> | undefined;
  let probedAtMs = 0;

  return async () => {
    if (lifecycle.draining || lifecycle.closing) return "shutting-down";
    const nowMs = now();
    if (lastProbe === undefined || Math.abs(nowMs - probedAtMs) >= CACHE_MS) {
      probedAtMs = nowMs;
      lastProbe = probe(storage);
    }
    return (await lastProbe) ? undefined : "storage-unavailable";
  };
}

function probe(storage: StorageHealth): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, PROBE_TIMEOUT_MS, false);
    storage
      .probe()
      .then(
        () => resolve(true),
        () => resolve(false),
      )
      .finally(() => clearTimeout(timer));
  });
}
