import type { Origin } from "./origin.ts";

/** One finished call, before it is written to the wire. */
export interface QueuedEvent {
  readonly tool: string;
  /** undefined: the call worked. Empty: it failed without a category. */
  readonly errorType: string | undefined;
  /** When it ended, Unix milliseconds on this machine's clock. */
  readonly endedAt: number;
  /** Rounded up to steps; -1 where it is not collected. */
  readonly durationMs: number;
  readonly origin: Origin | undefined;
}

/** Most events that wait. A free key can deliver about 1,200 within the 60 s that an event lives. */
export const MAX_QUEUED_EVENTS = 5_000;

/** First in, first out, bounded: where it is full the oldest event goes, as it is the next to expire anyway. */
export interface EventQueue {
  readonly size: number;
  /** Whether an event had to go for this one. */
  push(event: QueuedEvent): boolean;
  /** The oldest event. */
  peek(): QueuedEvent | undefined;
  /** Takes the oldest event out. */
  shift(): QueuedEvent | undefined;
  /** Puts events back in front, oldest first; those that find no room are lost, and their number is returned. */
  putBack(events: readonly QueuedEvent[]): number;
}

/** @param capacity most events that wait, at least 1 */
export function createEventQueue(capacity: number = MAX_QUEUED_EVENTS): EventQueue {
  // A ring that grows to the capacity once and never shrinks: no shifting of arrays on the path of a tool call.
  const ring: (QueuedEvent | undefined)[] = [];
  let head = 0;
  let size = 0;

  const shift = (): QueuedEvent | undefined => {
    if (size === 0) return undefined;
    const event = ring[head];
    ring[head] = undefined;
    head = (head + 1) % capacity;
    size--;
    return event;
  };

  return {
    get size() {
      return size;
    },
    push(event) {
      const full = size === capacity;
      if (full) shift();
      ring[(head + size++) % capacity] = event;
      return full;
    },
    peek: () => (size === 0 ? undefined : ring[head]),
    shift,
    putBack(events) {
      let lost = 0;
      for (let i = events.length - 1; i >= 0; i--) {
        if (size === capacity) {
          lost = i + 1;
          break;
        }
        head = (head + capacity - 1) % capacity;
        ring[head] = events[i];
        size++;
      }
      return lost;
    },
  };
}
