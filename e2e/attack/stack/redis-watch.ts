import { Redis } from "ioredis";

const EVERY_MS = 10;
/** Collectors give Redis 50 ms, then count limits by themselves for that request; this is near enough to it. */
const LATE_MS = 40;

/** Asks Redis all the time, to know when the machine was too busy for it to answer in the time that collectors give it. */
export class RedisWatch {
  readonly #redis: Redis;
  readonly #timer: NodeJS.Timeout;
  #lastLateAtMs = Number.NEGATIVE_INFINITY;

  constructor(redisUrl: string) {
    this.#redis = new Redis(redisUrl);
    this.#redis.on("error", () => {});
    this.#timer = setInterval(() => void this.#ask(), EVERY_MS);
    this.#timer.unref();
  }

  /** Whether Redis was late since a moment on the clock of `performance`. */
  wasLateSince(atMs: number): boolean {
    return this.#lastLateAtMs >= atMs;
  }

  close(): void {
    clearInterval(this.#timer);
    this.#redis.disconnect();
  }

  async #ask(): Promise<void> {
    const askedAtMs = performance.now();
    await this.#redis.ping().catch(() => {});
    const answeredAtMs = performance.now();
    if (answeredAtMs - askedAtMs > LATE_MS) this.#lastLateAtMs = answeredAtMs;
  }
}
