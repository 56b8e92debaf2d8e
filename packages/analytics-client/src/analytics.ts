import { CONFIG_FAULTS, type OnConfig, readConfig } from "./config/config.ts";
import { createDelivery } from "./delivery/delivery.ts";
import { durationStepMs } from "./duration-steps.ts";
import { createCategorize } from "./errors/categorize.ts";
import { allowedErrorTypes, UNKNOWN } from "./errors/error-types.ts";
import { createExitHooks, EXIT_DEADLINE_MS } from "./exit-hooks.ts";
import { createDropCounts } from "./queue/drop-counts.ts";
import { createEventQueue } from "./queue/event-queue.ts";
import { type Runtime, systemRuntime } from "./runtime.ts";
import { SDK } from "./sdk-software.ts";
import { SINK, type Sink } from "./sink.ts";
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
  if (config.on) return startAnalytics(config, options, runtime);
  const fault = CONFIG_FAULTS[config.reason];
  if (fault) runtime.notice(fault);
  return analyticsObject(
    config.reason,
    config.level,
    undefined,
    async () => {},
    async () => {},
  );
}

function startAnalytics(config: OnConfig, options: AnalyticsOptions, runtime: Runtime): Analytics {
  const { clock, notice } = runtime;
  const queue = createEventQueue();
  const drops = createDropCounts();
  const hooks = createExitHooks((deadlineMs) => delivery.flush(deadlineMs));
  const delivery = createDelivery({
    credentials: config,
    transport: runtime.openTransport(config),
    queue,
    drops,
    sdk: SDK,
    clock,
    random: runtime.random,
    notice,
    onBusy: (busy) => (busy ? hooks.install() : hooks.remove()),
  });
  const allowed = allowedErrorTypes(options.errorTypes);
  const timed = config.level === "standard";
  let closed = false;

  const sink: Sink = {
    level: config.level,
    categorize: createCategorize(allowed, options.categorizeError),
    notice,
    capture(tool, errorType, durationMs, origin) {
      if (closed) return;
      const event = {
        tool,
        errorType: errorType === undefined || allowed.has(errorType) ? errorType : UNKNOWN,
        endedAt: clock.now(),
        durationMs: timed && durationMs >= 0 ? durationStepMs(durationMs) : -1,
        origin: timed ? origin : undefined,
      };
      if (queue.push(event)) drops.add("queue_full");
      delivery.queued();
    },
    ending() {
      void delivery.flush(EXIT_DEADLINE_MS);
    },
  };
  return analyticsObject(config.reason, config.level, sink, delivery.flush, async () => {
    closed = true;
    await delivery.flush(EXIT_DEADLINE_MS);
    delivery.stop();
  });
}

/**
 * The public face of a sink; without one it does nothing.
 *
 * @internal
 */
export function analyticsObject(
  reason: ConsentReason,
  level: Level,
  sink: Sink | undefined,
  flush: (deadlineMs: number) => Promise<void>,
  close: () => Promise<void>,
): Analytics {
  function trackEvent(event: TrackedEvent): void {
    try {
      const { toolName, success, errorType, durationMs } = event;
      const failure = success === true ? undefined : (errorType ?? UNKNOWN);
      sink?.capture(trackedToolName(toolName), failure, durationMs ?? -1, undefined);
    } catch {
      // Analytics never breaks its host, whatever it is handed.
    }
  }
  const analytics: Analytics & { readonly [SINK]: Sink | undefined } = {
    enabled: sink !== undefined,
    reason,
    level,
    trackEvent,
    trackSuccess: (toolName) => trackEvent({ toolName, success: true }),
    trackFailure: (toolName, errorType) => trackEvent({ toolName, success: false, errorType }),
    flush: (flushOptions) => flush(clampDeadlineMs(flushOptions?.deadlineMs)),
    close,
    [SINK]: sink,
  };
  return analytics;
}

const LONGEST_DEADLINE_MS = 60_000;

function clampDeadlineMs(deadlineMs: number = EXIT_DEADLINE_MS): number {
  return deadlineMs >= 0 ? Math.min(deadlineMs, LONGEST_DEADLINE_MS) : 0;
}
