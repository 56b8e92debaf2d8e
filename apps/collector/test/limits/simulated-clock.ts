/** A clock that stands still until it is moved. */
export class SimulatedClock {
  #nowMs: number;

  constructor(startMs = Date.UTC(2026, 10, 22, 12)) {
    this.#nowMs = startMs;
  }

  readonly now = (): number => this.#nowMs;

  advance(ms: number): void {
    this.#nowMs += ms;
  }

  set(ms: number): void {
    this.#nowMs = ms;
  }
}
