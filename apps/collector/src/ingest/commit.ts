import { ProblemError } from "../http/problem.ts";
import type { BucketStore, Charge, Grant } from "../limits/bucket-store.ts";
import type { KeyLimits } from "../limits/key-limits.ts";
import type { EventWriter, WriteResult } from "../storage/event-writer.ts";
import type { KeyRecord } from "../storage/key-store.ts";
import type { IngestRequest } from "./ingest-request.ts";
import type { KnownKey } from "./key-cache.ts";

const HOUR_MS = 3_600_000;

export interface CommitDeps {
  readonly writer: EventWriter;
  readonly buckets: BucketStore;
  /** Notes that a key was used; written later and in bulk. */
  readonly touchKey: (key: KeyRecord, atMs: number) => void;
}

/** Stores the valid events of a request; resolves after the COMMIT. Events that are not stored now cost nothing. */
export type Commit = (ingest: IngestRequest) => Promise<WriteResult>;

/** @throws {ProblemError} `internal` when the database refuses every event, and whatever the writer throws */
export function createCommit({ writer, buckets, touchKey }: CommitDeps): Commit {
  return async function commit(ingest) {
    const { deliveryId, events, receivedAtMs } = ingest;
    const key = ingest.key as KnownKey;
    const { projectId, keyId } = key.record;
    const written = await writer.write({ projectId, keyId, deliveryId, events, receivedAt: receivedAtMs });
    if (written.accepted === 0) throw new ProblemError("internal");
    ingest.settled = true;
    if (written.duplicate) refundEvents(buckets, ingest, events.length);
    else {
      refundEvents(buckets, ingest, events.length - written.accepted);
      noteUse(key, receivedAtMs);
    }
    return written;
  };

  function noteUse(key: KnownKey, atMs: number): void {
    const hourMs = atMs - (atMs % HOUR_MS);
    if (key.usedHourMs >= hourMs) return;
    touchKey(key.record, atMs);
    key.usedHourMs = hourMs;
  }
}

/** Refunds events out of those that a request was charged: those beyond the first come first. */
export function refundEvents(buckets: BucketStore, ingest: IngestRequest, count: number): void {
  const { grant, extraGrant } = ingest;
  const limits = ingest.limits as KeyLimits;
  const extra = Math.min(count, ingest.events.length - 1);
  if (extraGrant !== undefined && extra > 0) refund(buckets, limits.events(extra), extraGrant);
  if (grant !== undefined && count === ingest.events.length) refund(buckets, limits.event, grant);
}

/** Best effort: the store may have failed since, and its own breaker has seen it. */
export function refund(buckets: BucketStore, charge: Charge, grant: Grant): void {
  buckets.refund(charge, grant).catch(() => {});
}
