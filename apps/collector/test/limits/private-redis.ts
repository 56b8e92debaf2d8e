import { type Services, startServices } from "@org/services";
import { Redis } from "ioredis";

type RedisServices = Services<{ readonly redis: true; readonly fresh: true }>;

/** A Redis of one test, in memory only, to be hurt. */
export class PrivateRedis {
  readonly url: string;
  /** For looking at it from outside; waits for it while it is out. */
  readonly admin: Redis;
  readonly #services: RedisServices;

  private constructor(services: RedisServices) {
    this.#services = services;
    this.url = services.redisUrl;
    this.admin = new Redis(this.url, { maxRetriesPerRequest: null, retryStrategy: () => 50, lazyConnect: true });
    this.admin.on("error", () => {});
  }

  /** @param redisSettings lines of a Redis configuration */
  static async start(redisSettings: readonly string[] = []): Promise<PrivateRedis> {
    return new PrivateRedis(await startServices({ redis: true, fresh: true, redisSettings }));
  }

  /** One that does not run yet. */
  static async down(): Promise<PrivateRedis> {
    const redis = await PrivateRedis.start();
    await redis.kill();
    return redis;
  }

  up(): Promise<void> {
    return this.#services.redis.start();
  }

  pause(): Promise<void> {
    return this.#services.redis.pause();
  }

  resume(): Promise<void> {
    return this.#services.redis.resume();
  }

  kill(): Promise<void> {
    return this.#services.redis.crash();
  }

  async stop(): Promise<void> {
    this.admin.disconnect();
    await this.#services.stop();
  }

  /** How often a script was called with its digest. */
  async scriptCalls(): Promise<number> {
    const stats = await this.admin.info("commandstats");
    return Number(/cmdstat_evalsha:calls=(\d+)/.exec(stats)?.[1] ?? 0);
  }
}
