import { setTimeout as wait } from "node:timers/promises";
import type { Answer } from "../wire/answer.ts";

/** What the largest case uses up of a key. */
const REQUESTS_PER_CASE = 230;

/** Keeps to the limits of a key that is all there is: waits before a case until the key has room for it. */
export class Pace {
  #remaining = Number.POSITIVE_INFINITY;
  #refillPerMs = 0;
  #capacity = 0;
  #notedAtMs = 0;

  /** Reads the rate headers of an answer. */
  note({ headers }: Answer): void {
    const remaining = /^"burst";r=(\d+)/.exec(headers.ratelimit ?? "")?.[1];
    const [, capacity, windowSeconds] = /"burst";q=(\d+);w=(\d+)/.exec(headers["ratelimit-policy"] ?? "") ?? [];
    if (remaining === undefined || capacity === undefined || windowSeconds === undefined) return;
    this.#remaining = Number(remaining);
    this.#capacity = Number(capacity);
    this.#refillPerMs = Number(capacity) / (Number(windowSeconds) * 1000);
    this.#notedAtMs = performance.now();
  }

  /** Waits as long as it takes; not at all for a key that could never have so much room. */
  async untilRoom(): Promise<void> {
    if (this.#capacity < REQUESTS_PER_CASE) return;
    const grown = this.#remaining + (performance.now() - this.#notedAtMs) * this.#refillPerMs;
    if (grown < REQUESTS_PER_CASE) await wait((REQUESTS_PER_CASE - grown) / this.#refillPerMs);
  }
}
