import { durationStepMs } from "./duration-steps.ts";
import { type Categorize, createCategorize } from "./errors/categorize.ts";
import { allowedErrorTypes } from "./errors/error-types.ts";
import type { QueuedEvent } from "./queue/event-queue.ts";
import type { Origin } from "./queue/origin.ts";
import { SDK } from "./sdk-software.ts";
import type { Analytics, AnalyticsOptions, Level } from "./types.ts";

/** What the instrumentation of a server needs of an analytics object. Not public. */
export interface Sink {
  /** Level `standard`: durations and origins are wanted. */
  readonly timed: boolean;
  readonly categorize: Categorize;
  /** Says one thing to the person who runs the server, once. */
  readonly notice: (message: string) => void;
  /**
   * Takes one finished call.
   *
   * @param tool in wire form
   * @param errorType undefined: it worked; one outside the closed list becomes UNKNOWN
   * @param durationMs measured
   */
  capture(tool: string, errorType: string | undefined, durationMs?: number, origin?: Origin): void;
  flush(deadlineMs: number): Promise<void>;
  stop(): void;
}

/** What copies of this package know each other by: an analytics object carries its sink under it. */
export const KEY = Symbol.for(SDK.name);

/** undefined: analytics is off, or this is no analytics object of ours. */
export function sinkOf(analytics: Analytics): Sink | undefined {
  return (analytics as { [KEY]?: Sink } | undefined)?.[KEY];
}

/** Where the events of a sink go. */
export interface Store {
  add(event: QueuedEvent): void;
  flush(deadlineMs: number): Promise<void>;
  stop(): void;
}

/** A sink that lets nothing through but what the level and the closed list of error types allow. */
export function createSink(
  level: Level,
  { errorTypes, categorizeError }: AnalyticsOptions,
  store: Store,
  now: () => number,
  notice: Sink["notice"],
): Sink {
  const allowed = allowedErrorTypes(errorTypes);
  const timed = level === "standard";
  return {
    ...store,
    timed,
    categorize: createCategorize(allowed, categorizeError),
    notice,
    capture(tool, errorType, durationMs = -1, origin?: Origin) {
      store.add({
        tool,
        errorType: errorType === undefined || allowed.has(errorType) ? errorType : "UNKNOWN",
        endedAt: now(),
        durationMs: timed && durationMs >= 0 ? durationStepMs(durationMs) : undefined,
        origin: timed ? origin : undefined,
      });
    },
  };
}
