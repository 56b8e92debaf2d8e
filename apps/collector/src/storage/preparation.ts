export interface PreparationOptions {
  /** Called with what the first of a run of failed tries throws. */
  readonly onError: (error: unknown) => void;
  readonly retryMs?: number;
}

/** Something that has to succeed once before work can begin, tried again until it does. */
export class Preparation {
  readonly #task: () => Promise<void>;
  readonly #onError: (error: unknown) => void;
  readonly #retryMs: number;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;
  #reported = false;

  constructor(task: () => Promise<void>, { onError, retryMs = 500 }: PreparationOptions) {
    this.#task = task;
    this.#onError = onError;
    this.#retryMs = retryMs;
  }

  /** Resolves after the first try with whether it succeeded; never rejects. */
  async start(): Promise<boolean> {
    try {
      await this.#task();
      return true;
    } catch (error) {
      if (!this.#reported) this.#onError(error);
      this.#reported = true;
      if (!this.#stopped) this.#timer = setTimeout(() => void this.start(), this.#retryMs);
      return false;
    }
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }
}
