import { WeatherError } from "../errors/weather-error.ts";
import type { Clock } from "../time/clock.ts";

/** What one tool call may spend: everything it waits for ends with its signal. */
export interface CallScope {
  /** Aborted when the client cancels or the deadline passes. Its reason is a WeatherError. */
  readonly signal: AbortSignal;
  /** Unix ms after which nothing may be started. */
  readonly deadlineAt: number;
}

export interface OpenCallScope extends CallScope {
  /** Ends the scope; must be called once the tool call is over. */
  dispose(): void;
}

/** Opens the scope of one tool call. `parent` is the signal of the MCP request. */
export function openCallScope(clock: Clock, timeoutMs: number, parent?: AbortSignal): OpenCallScope {
  const controller = new AbortController();
  const cancelTimer = clock.after(timeoutMs, () => controller.abort(deadlineError(timeoutMs)));
  const onCancel = () => controller.abort(cancelledError());
  if (parent?.aborted) onCancel();
  else parent?.addEventListener("abort", onCancel, { once: true });
  return {
    signal: controller.signal,
    deadlineAt: clock.now() + timeoutMs,
    dispose() {
      cancelTimer();
      parent?.removeEventListener("abort", onCancel);
    },
  };
}

export function deadlineError(timeoutMs: number): WeatherError {
  return new WeatherError("TIMEOUT", `No answer within ${Math.round(timeoutMs / 1000)} s.`, {
    reason: "deadline",
    hint: "The weather services are slow right now. Try again in a minute, or ask for less (fewer days).",
    retryable: true,
    retryAfterS: 60,
  });
}

export function cancelledError(): WeatherError {
  return new WeatherError("UNKNOWN", "The call was cancelled.", {
    reason: "cancelled",
    hint: "Call again if the answer is still wanted.",
    retryable: true,
  });
}
