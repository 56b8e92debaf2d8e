import type { BucketStore } from "../limits/bucket-store.ts";
import type { KeyLimits } from "../limits/key-limits.ts";
import { keyRateLimited } from "../limits/rate-limited.ts";
import type { IngestRequest, Stage } from "./ingest-request.ts";

/** Charges the key the valid events beyond the first, which came with the request. */
export function createEventLimitStage(buckets: BucketStore): Stage {
  return function eventLimit(ingest: IngestRequest): void | Promise<void> {
    const extra = ingest.events.length - 1;
    if (extra > 0) return charge(ingest, extra);
  };

  async function charge(ingest: IngestRequest, extra: number): Promise<void> {
    const limits = ingest.limits as KeyLimits;
    const taken = await buckets.take(limits.events(extra));
    if (!taken.allowed) throw keyRateLimited(limits.policyHeader, taken);
    ingest.extraGrant = taken;
  }
}
