import { readConfig } from "./config/config.ts";
import { createDelivery } from "./delivery/delivery.ts";
import { EXIT_DEADLINE_MS, setBusy } from "./exit-hooks.ts";
import { type Runtime, systemRuntime } from "./runtime.ts";
import { createSink, KEY, type Sink } from "./sink.ts";
import { trackedToolName } from "./tool-name.ts";
import type { Analytics, AnalyticsOptions, ConsentReason, Level, TrackedEvent } from "./types.ts";

/**
 * Makes an analytics object from the environment: `ANALYTICS_API_KEY` (its absence means off), `ANALYTICS_ENDPOINT`,
 * `ANALYTICS_SIGNING_SECRET`, `ANALYTICS_LEVEL` (`minimal` or `standard`, default `minimal`), `ANALYTICS_ENABLED`,
 * `ANALYTICS_DEBUG`, `DO_NOT_TRACK`, `CI`. Never throws; one object per process is enough.
 */
export function createAnalytics(options: AnalyticsOptions = {}): Analytics {
  return composeAnalytics(options, systemRuntime());
}

/**
 * The composition root.
 *
 * @internal
 */
export function composeAnalytics(options: AnalyticsOptions, runtime: Runtime): Analytics {
  const config = readConfig(options);
  const { reason, level } = config;
  const { clock, notice, openTransport } = runtime;
  const debug = reason === "debug";
  if (reason !== "on" && !debug) {
    // Whoever set a key wants analytics, and should learn why there is none. Values are never repeated.
    if (/bad|endpoint/.test(reason)) notice(`off (${reason})${SEE_DOCTOR}`);
    return analyticsObject(reason, level);
  }

  const transport = openTransport(debug ? undefined : config.url);
  const delivery = createDelivery({
    ...runtime,
    credentials: config,
    transport,
    onBusy: (busy) => setBusy(flushAtExit, busy),
    onKeyRefused: () => notice(`paused (key refused)${SEE_DOCTOR}`),
  });
  // An attempt that is still under way then is broken off: a connection in the making holds the process, unref or not.
  const flushAtExit = (deadlineMs: number): Promise<void> => delivery.flush(deadlineMs).then(transport.close);
  return analyticsObject(reason, level, createSink(level, options, delivery, clock.now, notice));
}

/**
 * The public face of a sink; without one it does nothing.
 *
 * @internal
 */
export function analyticsObject(reason: ConsentReason, level: Level, sink?: Sink): Analytics {
  function trackEvent(event: TrackedEvent): void {
    try {
      const { toolName, success, errorType, durationMs } = event;
      sink?.capture(trackedToolName(toolName), success === true ? undefined : `${errorType}`, durationMs);
    } catch {
      // Analytics never breaks its host, whatever it is handed.
    }
  }
  const flush: Analytics["flush"] = async (options) =>
    sink?.flush(Math.min(options?.deadlineMs ?? EXIT_DEADLINE_MS, LONGEST_DEADLINE_MS) || 0);
  const analytics: Analytics & { readonly [KEY]: Sink | undefined } = {
    enabled: !!sink,
    reason,
    level,
    trackEvent,
    trackSuccess: (toolName) => trackEvent({ toolName, success: true }),
    trackFailure: (toolName, errorType) => trackEvent({ toolName, success: false, errorType }),
    flush,
    close: () => flush().then(sink?.stop),
    [KEY]: sink,
  };
  return analytics;
}

const SEE_DOCTOR = ", see `npx mcp-analytics doctor`";
const LONGEST_DEADLINE_MS = 60_000;
