import type { Event } from "@org/mcp-analytics-schema";
import { ProblemError } from "../http/problem.ts";
import type { Grant, Refusal } from "../limits/bucket-store.ts";
import type { WriteResult } from "../storage/event-writer.ts";
import type { Admission } from "./admission.ts";
import type { IngestDeps } from "./ingest-deps.ts";

export type Delivered = WriteResult | Refusal;

export type Deliver = (
  admission: Admission,
  events: readonly Event[],
  deliveryId: string | null,
  receivedAt: number,
) => Promise<Delivered>;

/**
 * Charges the events that the admission has not charged yet and stores them all: it resolves after the commit. Events that
 * are not stored now, be it for an error or because they were stored before, cost nothing.
 *
 * @throws {ProblemError} `internal` when the database refuses every event
 */
export function createDeliver({ buckets, writer, touchKey }: IngestDeps): Deliver {
  const forget = () => {
    // Giving back is best effort.
  };

  return async (admission, events, deliveryId, receivedAt) => {
    const { record, limits } = admission.key;
    admission.validEvents = events.length;
    let extraGrant: Grant | undefined;
    const extra = events.length > 1 ? limits.events(events.length - 1) : undefined;
    if (extra !== undefined) {
      const taken = await buckets.take(extra);
      if (!taken.allowed) return taken;
      extraGrant = taken;
    }
    const giveBackExtra = () => {
      if (extra !== undefined && extraGrant !== undefined) buckets.giveBack(extra, extraGrant).catch(forget);
    };
    let written: WriteResult;
    try {
      written = await writer.write({
        projectId: record.projectId,
        keyId: record.keyId,
        deliveryId,
        events,
        receivedAt,
      });
    } catch (error) {
      giveBackExtra();
      throw error;
    }
    if (written.accepted === 0) {
      giveBackExtra();
      throw new ProblemError("internal");
    }
    admission.settled = true;
    if (written.duplicate) {
      giveBackExtra();
      buckets.giveBack(limits.event, admission.grant).catch(forget);
      return written;
    }
    const refused = events.length - written.accepted;
    if (refused > 0 && extraGrant !== undefined) buckets.giveBack(limits.events(refused), extraGrant).catch(forget);
    touchKey(record, receivedAt);
    return written;
  };
}
