/** Longest that a flush may hold the end of the process. SDK clients wait 2 s between their signals. */
export const EXIT_DEADLINE_MS = 1_500;

const SIGNALS = ["SIGTERM", "SIGINT"] as const;

/**
 * Gives the last events a chance when the process ends by itself or by a signal. A signal keeps its meaning: where nobody
 * else listens, it is raised again after the flush; where somebody does, ending the process stays their business.
 *
 * @returns switches the hooks on while events wait, and off again: an idle client changes nothing about how its host ends
 */
export function createExitHooks(flush: (deadlineMs: number) => Promise<void>): (on: boolean) => void {
  let flushed = false;

  function onBeforeExit(): void {
    // Once: Node asks again whenever the loop is empty, and a collector that is down must not keep the process.
    if (!flushed) void flush(EXIT_DEADLINE_MS);
    flushed = true;
  }

  function onSignal(signal: NodeJS.Signals): void {
    // Asked first of all listeners, because one that was added by `once` is gone as soon as it runs.
    const hostListens = process.listenerCount(signal) > 1;
    for (const name of SIGNALS) process.off(name, onSignal);
    flushed = !hostListens;
    void flush(EXIT_DEADLINE_MS).then(() => {
      if (!hostListens && process.listenerCount(signal) === 0) process.kill(process.pid, signal);
    });
  }

  return (on) => {
    const change = on ? "prependListener" : "off";
    process[change]("beforeExit", onBeforeExit);
    for (const name of SIGNALS) process[change](name, onSignal);
    flushed = false;
  };
}
