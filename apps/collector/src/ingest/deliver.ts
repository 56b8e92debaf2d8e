import type { Event } from "@org/mcp-analytics-schema";
import { ProblemError } from "../http/problem.ts";
import type { Grant, Refusal, TakeResult } from "../limits/bucket-store.ts";
import type { Delivery, WriteResult } from "../storage/event-writer.ts";
import type { Admission } from "./admission.ts";
import type { Answers } from "./answer.ts";
import type { Exchange } from "./exchange.ts";
import type { IngestDeps } from "./ingest-deps.ts";

export type Delivered = WriteResult | Refusal;

/** Calls `next` when the events are stored or refused by a limit; any other end is answered as the error that it is. */
export type Deliver = (
  exchange: Exchange,
  admission: Admission,
  events: readonly Event[],
  deliveryId: string | null,
  receivedAt: number,
  next: (delivered: Delivered) => void,
) => void;

const HOUR_MS = 3_600_000;

/**
 * Charges the events that the admission has not charged yet and stores them all: it goes on after the commit. Events that
 * are not stored now, be it for an error or because they were stored before, cost nothing. It fails with a `ProblemError`
 * `internal` when the database refuses every event.
 */
export function createDeliver({ keyLimiter, writer, touchKey }: IngestDeps, answers: Answers): Deliver {
  /** Settles what was charged by what was written. */
  function conclude(admission: Admission, { events, receivedAt }: Delivery, written: WriteResult, extra?: Grant) {
    const { key, grant } = admission;
    const unstored = written.duplicate
      ? events.length - 1
      : Math.min(events.length - written.accepted, events.length - 1);
    if (extra !== undefined && unstored > 0) keyLimiter.giveBack(key.limits.events(unstored), extra);
    if (written.accepted === 0) throw new ProblemError("internal");
    admission.settled = true;
    if (written.duplicate) {
      keyLimiter.giveBack(key.limits.event, grant);
      return;
    }
    const hourMs = receivedAt - (receivedAt % HOUR_MS);
    if (key.usedHourMs === hourMs) return;
    touchKey(key.record, receivedAt);
    key.usedHourMs = hourMs;
  }

  return (exchange, admission, events, deliveryId, receivedAt, next) => {
    const { record, limits } = admission.key;
    admission.validEvents = events.length;
    const delivery = { projectId: record.projectId, keyId: record.keyId, deliveryId, events, receivedAt };
    const fail = (error: unknown) => answers.failed(exchange, error);

    /** @param extra grant of all events but the first; none where there is but one */
    const store = (extra?: Grant) =>
      void writer.write(delivery).then(
        (written) => {
          try {
            conclude(admission, delivery, written, extra);
            next(written);
          } catch (error) {
            fail(error);
          }
        },
        (error) => {
          if (extra !== undefined) keyLimiter.giveBack(limits.events(events.length - 1), extra);
          fail(error);
        },
      );
    const storeTaken = (taken: TakeResult) => (taken.allowed ? store(taken) : next(taken));

    if (events.length === 1) {
      store();
      return;
    }
    const taken = keyLimiter.takeEvents(limits, events.length - 1, receivedAt);
    if (taken instanceof Promise) taken.then(storeTaken).catch(fail);
    else storeTaken(taken);
  };
}
