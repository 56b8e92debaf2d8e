export interface PeriodicTaskOptions {
  readonly intervalMs: number;
  /** From `start` to the first run; defaults to the interval. */
  readonly firstRunMs?: number;
  /** Called with what a run throws; the next run comes all the same. */
  readonly onError: (error: unknown) => void;
}

/** Runs one task again and again, never twice at once. Does nothing before `start`. */
export class PeriodicTask {
  readonly #task: () => Promise<void>;
  readonly #options: PeriodicTaskOptions;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;
  #running: Promise<void> | undefined;

  constructor(task: () => Promise<void>, options: PeriodicTaskOptions) {
    this.#task = task;
    this.#options = options;
  }

  /** Does nothing after a stop. */
  start(): void {
    if (this.#stopped || this.#timer !== undefined) return;
    const { intervalMs, firstRunMs = intervalMs } = this.#options;
    const schedule = (delayMs: number) => {
      this.#timer = setTimeout(() => {
        schedule(intervalMs);
        void this.runNow();
      }, delayMs).unref();
    };
    schedule(firstRunMs);
  }

  /** Ends the timer and waits for a run that is under way, up to a deadline. */
  async stop(deadlineMs: number): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    if (this.#running === undefined) return;
    let deadline: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      deadline = setTimeout(resolve, deadlineMs);
    });
    await Promise.race([this.#running, late]);
    clearTimeout(deadline);
  }

  /** Runs at once, or joins the run that is under way. Never rejects. */
  runNow(): Promise<void> {
    this.#running ??= this.#task()
      .catch(this.#options.onError)
      .finally(() => {
        this.#running = undefined;
      });
    return this.#running;
  }
}
