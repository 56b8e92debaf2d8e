import type { CallScope } from "./call-scope.ts";

interface Flight<T> {
  readonly promise: Promise<T>;
  readonly controller: AbortController;
  readonly scope: { signal: AbortSignal; deadlineAt: number };
  waiting: number;
}

/**
 * One piece of work per key at a time: equal concurrent requests wait for the same one.
 * A waiter that gives up leaves alone; the work is aborted when nobody waits any more.
 */
export class SharedFlights {
  readonly #flights = new Map<string, Flight<unknown>>();

  run<T>(key: string, scope: CallScope, work: (scope: CallScope) => Promise<T>): Promise<T> {
    let flight = this.#flights.get(key) as Flight<T> | undefined;
    if (!flight) {
      flight = this.#launch(key, scope, work);
    } else {
      flight.scope.deadlineAt = Math.max(flight.scope.deadlineAt, scope.deadlineAt);
    }
    return this.#join(key, flight, scope.signal);
  }

  #launch<T>(key: string, scope: CallScope, work: (scope: CallScope) => Promise<T>): Flight<T> {
    const controller = new AbortController();
    const flightScope = { signal: controller.signal, deadlineAt: scope.deadlineAt };
    const promise = work(flightScope).finally(() => {
      if (this.#flights.get(key) === flight) this.#flights.delete(key);
    });
    // Every waiter may have left by the time it fails.
    promise.catch(() => {});
    const flight: Flight<T> = { promise, controller, scope: flightScope, waiting: 0 };
    this.#flights.set(key, flight);
    return flight;
  }

  #join<T>(key: string, flight: Flight<T>, signal: AbortSignal): Promise<T> {
    flight.waiting += 1;
    return new Promise((resolve, reject) => {
      const leave = () => {
        signal.removeEventListener("abort", onAbort);
        flight.waiting -= 1;
      };
      const onAbort = () => {
        leave();
        if (flight.waiting === 0) {
          // A later equal request must not join work that is being aborted.
          if (this.#flights.get(key) === flight) this.#flights.delete(key);
          flight.controller.abort(signal.reason);
        }
        reject(signal.reason);
      };
      if (signal.aborted) {
        onAbort();
        return;
      }
      signal.addEventListener("abort", onAbort, { once: true });
      flight.promise.then(
        (value) => {
          leave();
          resolve(value);
        },
        (error) => {
          leave();
          reject(error);
        },
      );
    });
  }
}
