import { MAX_BATCH_BYTES, MAX_EVENT_LEAD_MS, MAX_EVENTS_PER_BATCH } from "@org/mcp-analytics-schema/constants";
import type { Dropped } from "../queue/drop-counts.ts";
import type { EventQueue, QueuedEvent } from "../queue/event-queue.ts";
import type { Origin, Software } from "../queue/origin.ts";
import { uuidV7 } from "./uuid-v7.ts";

/** A delivery as it goes out: the same id and the same bytes on every attempt. */
export interface Batch {
  readonly body: Buffer;
  readonly events: readonly QueuedEvent[];
  readonly dropped: Dropped | undefined;
}

/** Room for batchId, sdk, server, client and every drop count, at their longest. */
const ENVELOPE_BYTES = 600;

/**
 * Takes the oldest events out of the queue, at most 100 of them and 64 KiB, and writes them as JSON.
 *
 * @param clockOffsetMs what to add to this machine's clock to get the collector's
 */
export function takeBatch(
  queue: EventQueue,
  dropped: Dropped | undefined,
  sdk: Software,
  nowMs: number,
  clockOffsetMs: number,
): Batch {
  const events: QueuedEvent[] = [];
  const lines: string[] = [];
  let bytes = ENVELOPE_BYTES;
  while (events.length < MAX_EVENTS_PER_BATCH) {
    const event = queue.peek();
    if (!event) break;
    const line = writeEvent(event, nowMs, clockOffsetMs);
    // Everything on the wire is ASCII, so characters are bytes.
    if (bytes + line.length + 1 > MAX_BATCH_BYTES) break;
    bytes += line.length + 1;
    queue.shift();
    events.push(event);
    lines.push(line);
  }
  const envelope = JSON.stringify({ batchId: uuidV7(nowMs), sdk, ...commonOrigin(events), dropped });
  return { body: Buffer.from(`${envelope.slice(0, -1)},"events":[${lines.join(",")}]}`), events, dropped };
}

function writeEvent(event: QueuedEvent, nowMs: number, clockOffsetMs: number): string {
  const { tool, errorType, endedAt, durationMs } = event;
  return JSON.stringify({
    tool,
    success: errorType === undefined,
    errorType: errorType || undefined,
    // A clock that was set back must not put an event into the future.
    timestamp: Math.min(endedAt, nowMs + MAX_EVENT_LEAD_MS / 2) + clockOffsetMs,
    durationMs: durationMs < 0 ? undefined : durationMs,
  });
}

/** Server and client go with the batch; where its events disagree, nothing is said rather than something wrong. */
function commonOrigin(events: readonly QueuedEvent[]): Partial<Origin> {
  const first = events[0]?.origin;
  if (!first) return {};
  const all = (key: keyof Origin): boolean => events.every((event) => event.origin?.[key] === first[key]);
  return { server: all("server") ? first.server : undefined, client: all("client") ? first.client : undefined };
}
