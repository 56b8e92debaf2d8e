import { analyticsObject } from "./analytics.ts";
import { toWire } from "./delivery/batch.ts";
import { createNotice } from "./notice.ts";
import { createSink } from "./sink.ts";
import type { Analytics, AnalyticsOptions, Level } from "./types.ts";

/** One event as it would go over the wire. */
export interface RecordedEvent {
  /** Name of the tool in wire form: at most 50 characters, `__unknown__` where the server has no such tool. */
  readonly tool: string;
  /** Whether the call worked. */
  readonly success: boolean;
  /** Category of a failure, at most 50 characters; not there where the call worked. */
  readonly errorType?: string;
  /** When the call ended, Unix milliseconds. */
  readonly timestamp: number;
  /** Rounded up to steps, in milliseconds, at most 86,400,000; level `standard` only. */
  readonly durationMs?: number;
}

/** An analytics object that keeps its events in memory. */
export interface TestAnalytics extends Analytics {
  /** What was recorded since the start or the last `clear`, oldest first. */
  readonly events: readonly RecordedEvent[];
  /** Forgets what was recorded. */
  clear(): void;
}

/** What a test may set. */
export interface TestAnalyticsOptions extends Pick<AnalyticsOptions, "errorTypes" | "categorizeError"> {
  /** What the end user would have chosen. Default `minimal`. */
  readonly level?: Level | undefined;
}

/**
 * Makes an analytics object for the tests of an MCP server: always on, whatever the environment says, and sending nothing.
 * Hand it to `instrument` in place of the real one and look at `events` afterwards. After `close` nothing is recorded.
 */
export function createTestAnalytics({ level = "minimal", ...options }: TestAnalyticsOptions = {}): TestAnalytics {
  const events: RecordedEvent[] = [];
  let open = true;
  const store = {
    add(event: Parameters<typeof toWire>[0]): void {
      // As on the wire: what is undefined is not there.
      if (open) events.push(JSON.parse(JSON.stringify(toWire(event, event.endedAt))));
    },
    flush: async () => {},
    stop() {
      open = false;
    },
  };
  const analytics = analyticsObject("on", level, createSink(level, options, store, Date.now, createNotice()));
  return Object.assign(analytics, { events, clear: () => void events.splice(0) });
}
