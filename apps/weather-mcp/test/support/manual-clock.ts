import type { Clock } from "../../src/time/clock.ts";

/** A clock that moves only when a test says so. */
export interface ManualClock extends Clock {
  /** Moves on and fires what is due, in order. */
  advance(ms: number): void;
  /** Resolves as soon as a timer is set that is due within `ms` from now. */
  whenTimerWithin(ms: number): Promise<void>;
  readonly timers: number;
}

export function manualClock(startIso: string): ManualClock {
  let nowMs = Date.parse(startIso);
  let timers: { at: number; callback: () => void }[] = [];
  let waiting: { withinMs: number; resolve: () => void }[] = [];
  const hasTimerWithin = (ms: number) => timers.some(({ at }) => at - nowMs <= ms);
  return {
    now: () => nowMs,
    after(delayMs, callback) {
      const timer = { at: nowMs + delayMs, callback };
      timers.push(timer);
      const ready = waiting.filter(({ withinMs }) => delayMs <= withinMs);
      waiting = waiting.filter((waiter) => !ready.includes(waiter));
      for (const { resolve } of ready) resolve();
      return () => {
        timers = timers.filter((other) => other !== timer);
      };
    },
    advance(ms) {
      const until = nowMs + ms;
      for (;;) {
        const due = timers.filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0];
        if (!due) break;
        timers = timers.filter((timer) => timer !== due);
        nowMs = Math.max(nowMs, due.at);
        due.callback();
      }
      nowMs = until;
    },
    whenTimerWithin: (ms) =>
      new Promise((resolve) => {
        if (hasTimerWithin(ms)) resolve();
        else waiting.push({ withinMs: ms, resolve });
      }),
    get timers() {
      return timers.length;
    },
  };
}

/** Time stands still but for pauses, which are over at once and move it on: retries happen without waiting. Deadlines never pass. */
export function pauselessClock(startIso: string, longestPauseMs = 6_000): Clock & { advance(ms: number): void } {
  let nowMs = Date.parse(startIso);
  return {
    now: () => nowMs,
    after(delayMs, callback) {
      if (delayMs > longestPauseMs) return () => {};
      const dueAt = nowMs + delayMs;
      const timer = setImmediate(() => {
        nowMs = Math.max(nowMs, dueAt);
        callback();
      });
      return () => clearImmediate(timer);
    },
    advance(ms) {
      nowMs += ms;
    },
  };
}
