import type { FastifyRequest } from "fastify";
import { ProblemError } from "../http/problem.ts";
import type { BucketStore } from "../limits/bucket-store.ts";
import type { KeyLimits } from "../limits/key-limits.ts";
import { keyRateLimited } from "../limits/rate-limited.ts";
import type { IngestRequest, Stage } from "./ingest-request.ts";

/** Charges the key one request with one event. */
export function createKeyLimitStage(buckets: BucketStore): Stage {
  return async function keyLimit(ingest: IngestRequest, { raw }: FastifyRequest): Promise<void> {
    const { request, policyHeader } = ingest.limits as KeyLimits;
    const taken = await buckets.take(request);
    if (!taken.allowed) throw keyRateLimited(policyHeader, taken);
    ingest.grant = taken;
    // The client disconnected while we waited, so its body never ends and nothing would settle the charge.
    if (raw.destroyed) throw new ProblemError("bad-request");
  };
}
