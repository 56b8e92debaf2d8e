/** Time as the client sees it; tests bring their own. */
export interface Clock {
  /** Unix milliseconds. */
  now(): number;
  /** Runs `task` once after `delayMs`, without keeping the process alive; returns how to call it off. */
  after(delayMs: number, task: () => void): () => void;
  /** The same, but keeps the process alive until it ran or was called off. */
  holdFor(delayMs: number, task: () => void): () => void;
}

export const systemClock: Clock = {
  now: Date.now,
  after(delayMs, task) {
    const timer = setTimeout(task, delayMs);
    timer.unref();
    return () => clearTimeout(timer);
  },
  holdFor(delayMs, task) {
    const timer = setTimeout(task, delayMs);
    return () => clearTimeout(timer);
  },
};
