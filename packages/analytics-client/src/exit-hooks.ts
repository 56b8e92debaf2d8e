/** Longest that a flush may hold the end of the process, which takes 1.5 s at most with it. SDK clients wait 2 s between their signals. */
export const EXIT_DEADLINE_MS = 1_400;

/** How to flush one client. */
type Flush = (deadlineMs: number) => Promise<void>;

const SIGNALS = ["SIGTERM", "SIGINT"] as const;

/** The clients of this process that have events waiting. */
const busy = new Set<Flush>();
let flushed = false;

/**
 * Notes whether events of a client wait. While some do, the end of the process gives them a chance, by itself or by a signal;
 * an idle client changes nothing about how its host ends.
 */
export function setBusy(flush: Flush, isBusy: boolean): void {
  const before = busy.size;
  busy[isBusy ? "add" : "delete"](flush);
  if (!before === !busy.size) return;
  const change = isBusy ? "prependListener" : "off";
  process[change]("beforeExit", flushOnce);
  for (const name of SIGNALS) process[change](name, onSignal);
  flushed = false;
}

function flushAll(): Promise<unknown> {
  return Promise.all([...busy].map((flush) => flush(EXIT_DEADLINE_MS)));
}

/**
 * The process is about to end by itself, or its client has gone. Done once until all has been delivered: Node says
 * `beforeExit` whenever the loop is empty, and a collector that is down must not keep the process.
 */
export function flushOnce(): void {
  if (!flushed) void flushAll();
  flushed = true;
}

/**
 * A signal keeps its meaning: where nobody else listens, it is raised again after the flush; where somebody does, ending the
 * process stays their business.
 */
function onSignal(signal: NodeJS.Signals): void {
  // Asked first of all listeners, because one that was added by `once` is gone as soon as it runs.
  const hostListens = process.listenerCount(signal) > 1;
  for (const name of SIGNALS) process.off(name, onSignal);
  flushed = !hostListens;
  void flushAll().then(() => {
    if (!hostListens && !process.listenerCount(signal)) process.kill(process.pid, signal);
  });
}
