import type { Clock } from "../time/clock.ts";

export interface BreakerPolicy {
  /** Failures within the window that open it. */
  readonly failures: number;
  readonly windowMs: number;
  /** How long it stays open before one request may probe. */
  readonly openMs: number;
}

export const DEFAULT_BREAKER: BreakerPolicy = { failures: 5, windowMs: 60_000, openMs: 60_000 };

/** Stops asking a service that keeps failing, so that a fallback is reached at once. */
export class CircuitBreaker {
  readonly #policy: BreakerPolicy;
  readonly #clock: Clock;
  #failedAt: number[] = [];
  #openUntil = 0;
  #probing = false;

  constructor(clock: Clock, policy: BreakerPolicy = DEFAULT_BREAKER) {
    this.#clock = clock;
    this.#policy = policy;
  }

  /** Milliseconds until the service may be asked again; 0 = now. When it says 0 after having been open, the caller is the probe. */
  take(): number {
    const now = this.#clock.now();
    if (this.#openUntil === 0) return 0;
    if (now < this.#openUntil) return this.#openUntil - now;
    if (this.#probing) return 1_000;
    this.#probing = true;
    return 0;
  }

  succeeded(): void {
    this.#failedAt = [];
    this.#openUntil = 0;
    this.#probing = false;
  }

  failed(): void {
    const now = this.#clock.now();
    this.#failedAt = this.#failedAt.filter((at) => now - at < this.#policy.windowMs);
    this.#failedAt.push(now);
    if (this.#probing || this.#failedAt.length >= this.#policy.failures) this.#openUntil = now + this.#policy.openMs;
    this.#probing = false;
  }

  /** The request ended without saying anything about the service's health (it was cancelled). */
  released(): void {
    this.#probing = false;
  }
}
