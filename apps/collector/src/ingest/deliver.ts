import type { Event } from "@org/mcp-analytics-schema";
import { ProblemError } from "../http/problem.ts";
import type { Charge, Grant, Refusal } from "../limits/bucket-store.ts";
import type { Delivery, WriteResult } from "../storage/event-writer.ts";
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

  async function store(
    admission: Admission,
    delivery: Delivery,
    extra?: Charge,
    extraGrant?: Grant,
  ): Promise<WriteResult> {
    const { record, limits } = admission.key;
    const { events, receivedAt } = delivery;
    const giveBackExtra = () => {
      if (extra !== undefined && extraGrant !== undefined) buckets.giveBack(extra, extraGrant).catch(forget);
    };
    let written: WriteResult;
    try {
      written = await writer.write(delivery);
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
  }

  async function chargeAndStore(admission: Admission, delivery: Delivery): Promise<Delivered> {
    const extra = admission.key.limits.events(delivery.events.length - 1);
    const taken = await buckets.take(extra);
    return taken.allowed ? store(admission, delivery, extra, taken) : taken;
  }

  return (admission, events, deliveryId, receivedAt) => {
    const { projectId, keyId } = admission.key.record;
    admission.validEvents = events.length;
    const delivery = { projectId, keyId, deliveryId, events, receivedAt };
    return events.length > 1 ? chargeAndStore(admission, delivery) : store(admission, delivery);
  };
}
