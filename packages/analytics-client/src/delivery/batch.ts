import { MAX_EVENT_LEAD_MS, MAX_EVENTS_PER_BATCH } from "@org/mcp-analytics-schema/constants";
import type { Dropped } from "../queue/drop-counts.ts";
import type { EventQueue, QueuedEvent } from "../queue/event-queue.ts";
import type { Origin } from "../queue/origin.ts";
import { SDK } from "../sdk-software.ts";
import { uuidV7 } from "./uuid-v7.ts";

/** A delivery as it goes out: the same id and the same bytes on every attempt. */
export interface Batch {
  readonly body: Buffer;
  /** Its events, in their order. */
  readonly taken: readonly QueuedEvent[];
  /** The drops that it reports. */
  readonly reported: Dropped;
}

/**
 * Takes the oldest events out of the queue, at most 100 of them, and writes them as JSON. The longest hundred events make
 * 20 KB (a test writes them), so the limit of 64 KiB needs no counting.
 *
 * @param clockOffsetMs what to add to this machine's clock to get the collector's
 */
export function takeBatch(queue: EventQueue, dropped: Dropped, nowMs: number, clockOffsetMs: number): Batch {
  const events = queue.splice(0, MAX_EVENTS_PER_BATCH);
  const body = JSON.stringify({
    batchId: uuidV7(nowMs),
    sdk: SDK,
    server: common(events, "server"),
    client: common(events, "client"),
    dropped: Object.keys(dropped)[0] && dropped,
    // A clock that was set back must not put an event into the future.
    events: events.map((event) =>
      toWire(event, Math.min(event.endedAt, nowMs + MAX_EVENT_LEAD_MS / 2) + clockOffsetMs),
    ),
  });
  return { body: Buffer.from(body), taken: events, reported: { ...dropped } };
}

/** An event as it stands on the wire; what is undefined is left out there. */
export function toWire({ tool, errorType, durationMs }: QueuedEvent, timestamp: number) {
  return { tool, success: errorType === undefined, errorType, timestamp, durationMs };
}

/** Server and client go with the batch; where its events disagree, nothing is said rather than something wrong. */
function common<Key extends keyof Origin>(events: readonly QueuedEvent[], key: Key): Origin[Key] | undefined {
  const origins = new Set(events.map(({ origin }) => origin));
  const values = new Set([...origins].map((origin) => JSON.stringify(origin?.[key])));
  return values.size > 1 ? undefined : events[0]?.origin?.[key];
}
