import { MAX_EVENTS_PER_BATCH } from "@org/mcp-analytics-schema/constants";
import type { Origin } from "./origin.ts";

/** One finished call, before it is written to the wire. */
export interface QueuedEvent {
  readonly tool: string;
  /** undefined: the call worked. */
  readonly errorType: string | undefined;
  /** When it ended, Unix milliseconds on this machine's clock. */
  readonly endedAt: number;
  /** Rounded up to steps; undefined where it is not collected. */
  readonly durationMs: number | undefined;
  readonly origin: Origin | undefined;
}

/** Most events that wait. A free key can deliver about 1,200 within the 60 s that an event lives. */
export const MAX_QUEUED_EVENTS = 5_000;

/** The events that wait, oldest first. */
export type EventQueue = QueuedEvent[];

/**
 * Adds an event. Where the queue is full the oldest go, as they are the next to expire anyway; a batch of them at a time,
 * so that a full queue costs a call no more than an empty one.
 *
 * @returns how many had to go
 */
export function enqueue(queue: EventQueue, event: QueuedEvent): number {
  const lost = queue.length < MAX_QUEUED_EVENTS ? 0 : queue.splice(0, MAX_EVENTS_PER_BATCH).length;
  queue.push(event);
  return lost;
}
