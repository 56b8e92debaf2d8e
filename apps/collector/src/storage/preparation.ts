export interface PreparationOptions {
  /** Called with what the first of a run of failed tries throws. */
  readonly onError: (error: unknown) => void;
  /** Pause after a try that failed with this error; defaults to 500 ms. */
  readonly retryMs?: (error: unknown) => number;
}

const RETRY_MS = 500;

/** Something that has to succeed once before work can begin, tried again until it does. */
export class Preparation {
  readonly #task: () => Promise<void>;
  readonly #onError: (error: unknown) => void;
  readonly #retryMs: (error: unknown) => number;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;
  #reported = false;
  #lastError: unknown;

  constructor(task: () => Promise<void>, { onError, retryMs = () => RETRY_MS }: PreparationOptions) {
    this.#task = task;
    this.#onError = onError;
    this.#retryMs = retryMs;
  }

  /** What the last try threw; undefined once one has succeeded. */
  get lastError(): unknown {
    return this.#lastError;
  }

  /** Resolves after the first try with whether it succeeded; never rejects. */
  async start(): Promise<boolean> {
    try {
      await this.#task();
      this.#lastError = undefined;
      return true;
    } catch (error) {
      this.#lastError = error;
      // A try that a stop has cut off tells nothing.
      if (this.#stopped) return false;
      if (!this.#reported) this.#onError(error);
      this.#reported = true;
      this.#timer = setTimeout(() => void this.start(), this.#retryMs(error));
      return false;
    }
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }
}
