import type { UpstreamId } from "../config.ts";
import { WeatherError } from "../errors/weather-error.ts";
import type { Clock } from "../time/clock.ts";
import { UPSTREAM_NAMES } from "./failure.ts";

export interface HostLimits {
  readonly maxInFlight: number;
  /** Least time between two starts; 0 = none. */
  readonly minIntervalMs: number;
  /** Requests that may wait; one more is refused. */
  readonly maxQueued: number;
}

interface Waiter {
  start(): void;
}

/** Keeps a service's own limits, so that it never has to refuse us. First come, first served. */
export class HostLimiter {
  readonly #limits: HostLimits;
  readonly #clock: Clock;
  readonly #queue: Waiter[] = [];
  #inFlight = 0;
  #nextStartAt = 0;
  #timerSet = false;

  constructor(limits: HostLimits, clock: Clock) {
    this.#limits = limits;
    this.#clock = clock;
  }

  /** Runs `work` when there is room. Rejects with the signal's reason while waiting, or RATE_LIMIT when the queue is full. */
  async run<T>(signal: AbortSignal, upstream: UpstreamId, work: () => Promise<T>): Promise<T> {
    await this.#admit(signal, upstream);
    try {
      return await work();
    } finally {
      this.#inFlight -= 1;
      this.#pump();
    }
  }

  #admit(signal: AbortSignal, upstream: UpstreamId): Promise<void> {
    if (signal.aborted) return Promise.reject(signal.reason);
    if (this.#queue.length >= this.#limits.maxQueued) return Promise.reject(queueFull(upstream));
    return new Promise((resolve, reject) => {
      const waiter: Waiter = {
        start: () => {
          signal.removeEventListener("abort", onAbort);
          resolve();
        },
      };
      const onAbort = () => {
        this.#queue.splice(this.#queue.indexOf(waiter), 1);
        reject(signal.reason);
      };
      signal.addEventListener("abort", onAbort, { once: true });
      this.#queue.push(waiter);
      this.#pump();
    });
  }

  #pump(): void {
    while (this.#queue.length > 0 && this.#inFlight < this.#limits.maxInFlight) {
      const now = this.#clock.now();
      if (now < this.#nextStartAt) {
        this.#pumpLater(this.#nextStartAt - now);
        return;
      }
      this.#nextStartAt = now + this.#limits.minIntervalMs;
      this.#inFlight += 1;
      this.#queue.shift()?.start();
    }
  }

  #pumpLater(delayMs: number): void {
    if (this.#timerSet) return;
    this.#timerSet = true;
    this.#clock.after(delayMs, () => {
      this.#timerSet = false;
      this.#pump();
    });
  }
}

function queueFull(upstream: UpstreamId): WeatherError {
  return new WeatherError("RATE_LIMIT", `Too many requests are already waiting for ${UPSTREAM_NAMES[upstream]}.`, {
    reason: "local_queue_full",
    hint: "Make fewer calls at once and try again in a few seconds.",
    upstream,
    retryable: true,
    retryAfterS: 5,
  });
}
