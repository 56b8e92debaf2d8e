import type { Clock } from "../../src/clock.ts";

/** Time that moves only when told to. */
export interface FakeClock extends Clock {
  /** Moves time and runs what falls due on the way, letting promises settle in between. */
  advance(ms: number): Promise<void>;
  /** Lets everything settle that needs no time. */
  settle(): Promise<void>;
  /** Timers that wait. */
  readonly pending: number;
  /** Sets the wall clock without letting time pass. */
  jump(ms: number): void;
}

export function createFakeClock(startMs = Date.UTC(2026, 0, 1)): FakeClock {
  let now = startMs;
  const timers = new Set<{ readonly at: number; readonly task: () => void }>();
  const after = (delayMs: number, task: () => void): (() => void) => {
    const timer = { at: now + Math.max(0, delayMs), task };
    timers.add(timer);
    return () => timers.delete(timer);
  };
  const settle = async (): Promise<void> => {
    for (let i = 0; i < 10; i++) await new Promise((resolve) => setImmediate(resolve));
  };
  return {
    now: () => now,
    after,
    settle,
    jump: (ms) => {
      now += ms;
    },
    get pending() {
      return timers.size;
    },
    async advance(ms) {
      const end = now + ms;
      await settle();
      for (;;) {
        const next = [...timers].filter((timer) => timer.at <= end).sort((a, b) => a.at - b.at)[0];
        if (!next) break;
        timers.delete(next);
        now = Math.max(now, next.at);
        next.task();
        await settle();
      }
      now = end;
    },
  };
}
