/** Consecutive failures after which a breaker opens. */
const FAILURES_IN_A_ROW = 5;
/** Of so many recent calls, at least half failed: that opens it too. */
const RECENT_CALLS = 20;
/** How long an open breaker refuses before it lets one call try. */
const OPEN_MS = 2_000;

/** The breaker is open: the call was not tried. */
export class BreakerOpenError extends Error {
  override readonly name = "BreakerOpenError";
}

export interface CircuitBreakerOptions {
  /** Unix ms or any steady clock */
  readonly now: () => number;
  /** Called when it opens (true) and when it closes again (false). */
  readonly onChange?: (open: boolean) => void;
}

export interface CircuitBreaker {
  readonly open: boolean;
  /** Opens it at once: a failure that no call has seen. */
  trip(): void;
  /** Rejects with BreakerOpenError at once while open, but for one call now and then that finds out whether things are well. */
  run<Result>(call: () => Promise<Result>): Promise<Result>;
}

/** Stops asking something that keeps failing, so that its callers lose no time. */
export function createCircuitBreaker({ now, onChange = () => {} }: CircuitBreakerOptions): CircuitBreaker {
  let recent: boolean[] = [];
  let openedAtMs: number | undefined;
  let trying = false;

  function shouldOpen(): boolean {
    const failures = recent.filter((succeeded) => !succeeded).length;
    if (recent.length === RECENT_CALLS && failures * 2 >= RECENT_CALLS) return true;
    return recent.length >= FAILURES_IN_A_ROW && !recent.slice(-FAILURES_IN_A_ROW).includes(true);
  }

  function note(succeeded: boolean): void {
    // A call from before it opened says nothing new.
    if (openedAtMs !== undefined) return;
    recent.push(succeeded);
    if (recent.length > RECENT_CALLS) recent.shift();
    if (succeeded || !shouldOpen()) return;
    openedAtMs = now();
    onChange(true);
  }

  function noteTrial(succeeded: boolean): void {
    trying = false;
    openedAtMs = succeeded ? undefined : now();
    if (!succeeded) return;
    recent = [];
    onChange(false);
  }

  function isTrialDue(sinceMs: number): boolean {
    return !trying && (sinceMs < 0 || sinceMs >= OPEN_MS);
  }

  return {
    get open() {
      return openedAtMs !== undefined;
    },
    trip() {
      if (openedAtMs !== undefined) return;
      openedAtMs = now();
      onChange(true);
    },
    async run(call) {
      const trial = openedAtMs !== undefined;
      if (openedAtMs !== undefined) {
        if (!isTrialDue(now() - openedAtMs)) throw new BreakerOpenError("open");
        trying = true;
      }
      const conclude = trial ? noteTrial : note;
      try {
        const result = await call();
        conclude(true);
        return result;
      } catch (error) {
        conclude(false);
        throw error;
      }
    },
  };
}
