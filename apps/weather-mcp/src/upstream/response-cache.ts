import { LRUCache } from "lru-cache";
import type { Clock } from "../time/clock.ts";

export interface CachePolicy<T> {
  /** How long the value is as good as new. */
  readonly ttlMs: number | ((value: T) => number);
  /** How much longer it may stand in when the service fails; 0 = never. */
  readonly staleMs?: number;
}

export interface CacheEntry {
  readonly value: unknown;
  readonly fetchedAt: number;
  readonly freshUntil: number;
  readonly staleUntil: number;
}

/** Answers of the weather services, least recently used out first, bounded by bytes. In memory only. */
export class ResponseCache {
  readonly #entries: LRUCache<string, CacheEntry> | undefined;
  readonly #clock: Clock;

  /** `maxBytes` 0 turns the cache off. */
  constructor(maxBytes: number, clock: Clock) {
    this.#clock = clock;
    this.#entries = maxBytes > 0 ? new LRUCache({ maxSize: maxBytes, maxEntrySize: maxBytes }) : undefined;
  }

  /** The entry while it is fresh. */
  fresh(key: string): CacheEntry | undefined {
    const entry = this.#entries?.get(key);
    return entry && this.#clock.now() < entry.freshUntil ? entry : undefined;
  }

  /** The entry while it may stand in for a failed request. */
  standIn(key: string): CacheEntry | undefined {
    const entry = this.#entries?.get(key);
    return entry && this.#clock.now() < entry.staleUntil ? entry : undefined;
  }

  set<T>(key: string, value: T, policy: CachePolicy<T>, fetchedAt: number): void {
    const ttlMs = typeof policy.ttlMs === "function" ? policy.ttlMs(value) : policy.ttlMs;
    const freshUntil = fetchedAt + ttlMs;
    const entry: CacheEntry = { value, fetchedAt, freshUntil, staleUntil: freshUntil + (policy.staleMs ?? 0) };
    // Two bytes a character, twice over for object overhead; LRUCache refuses a size of 0.
    const size = 4 * (key.length + (JSON.stringify(value) ?? "").length) + 1;
    this.#entries?.set(key, entry, { size });
  }
}
