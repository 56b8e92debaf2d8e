/** Time as the client sees it; tests bring their own. */
export interface Clock {
  /** Unix milliseconds. */
  now(): number;
  /**
   * Runs `task` once after `delayMs`.
   *
   * @param hold whether the process stays alive for it; default false
   * @returns how to call it off
   */
  after(delayMs: number, task: () => void, hold?: boolean): () => void;
}

export const systemClock: Clock = {
  now: Date.now,
  after(delayMs, task, hold) {
    // Node warns on stderr about a delay below zero.
    const timer = setTimeout(task, Math.max(0, delayMs));
    if (!hold) timer.unref();
    return () => clearTimeout(timer);
  },
};
