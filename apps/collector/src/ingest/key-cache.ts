import { LRUCache } from "lru-cache";
import { type KeyLimits, keyLimits } from "../limits/key-limits.ts";
import type { KeyRecord, KeyStore } from "../storage/key-store.ts";

/** A revoked or disabled key stops within this time on every replica. */
export const KNOWN_KEY_TTL_MS = 10_000;
export const UNKNOWN_KEY_TTL_MS = 30_000;
/** A key that is still in use at this age is looked up in the background, so that no request of it waits. */
const REFRESH_AFTER_MS = 8_000;
/** Memory for keys: 40,000 of them. A key is trusted for 10 s, so more would help only beyond 4,000 keys a second. */
const MAX_KNOWN_KEYS_BYTES = 20_000_000;
const BYTES_PER_KNOWN_KEY = 500;
const MAX_UNKNOWN_KEYS_BYTES = 2_000_000;
const BYTES_PER_UNKNOWN_KEY = 200;

/** A key as requests need it. */
export interface KnownKey {
  readonly record: KeyRecord;
  readonly limits: KeyLimits;
  /** Signing secrets, current first; derived at the first signed request. */
  secrets: readonly string[] | undefined;
  /** Hour (Unix ms) of its last use that was noted. */
  usedHourMs: number;
  /** Unix ms at which the look-up began */
  readonly atMs: number;
}

export interface KeyCache {
  /**
   * @param atMs now, Unix ms
   * @returns `null`: known not to exist; undefined: not known, call `load`
   */
  peek(keyHash: string, atMs: number): KnownKey | null | undefined;
  /** Asks the database, once for all requests that ask at the same time. A failure is not cached. */
  load(keyHash: string): Promise<KnownKey | null>;
}

export function createKeyCache(keyStore: KeyStore, now: () => number): KeyCache {
  // Apart, so that a flood of invented keys evicts no real one.
  const known = new LRUCache<string, KnownKey>({ max: Math.floor(MAX_KNOWN_KEYS_BYTES / BYTES_PER_KNOWN_KEY) });
  const unknown = new LRUCache<string, number>({ max: Math.floor(MAX_UNKNOWN_KEYS_BYTES / BYTES_PER_UNKNOWN_KEY) });
  const loading = new Map<string, Promise<KnownKey | null>>();

  function load(keyHash: string): Promise<KnownKey | null> {
    let lookup = loading.get(keyHash);
    if (lookup === undefined) {
      lookup = lookUp(keyHash);
      loading.set(keyHash, lookup);
      const forget = () => loading.delete(keyHash);
      lookup.then(forget, forget);
    }
    return lookup;
  }

  async function lookUp(keyHash: string): Promise<KnownKey | null> {
    const atMs = now();
    return remember(keyHash, await keyStore.findByHash(keyHash), atMs);
  }

  function remember(keyHash: string, record: KeyRecord | undefined, atMs: number): KnownKey | null {
    if (record === undefined) {
      known.delete(keyHash);
      unknown.set(keyHash, atMs);
      return null;
    }
    const key = toKnownKey(record, known.peek(keyHash), atMs);
    unknown.delete(keyHash);
    known.set(keyHash, key);
    return key;
  }

  return {
    peek(keyHash, atMs) {
      const key = known.get(keyHash);
      if (key !== undefined && isFresh(key.atMs, atMs, KNOWN_KEY_TTL_MS)) {
        // A failure concerns the request that finds the key too old.
        if (atMs - key.atMs > REFRESH_AFTER_MS) load(keyHash).catch(() => {});
        return key;
      }
      const missedAtMs = unknown.get(keyHash);
      return missedAtMs !== undefined && isFresh(missedAtMs, atMs, UNKNOWN_KEY_TTL_MS) ? null : undefined;
    },
    load,
  };
}

/** Keeps what was derived before, as far as it still holds. */
function toKnownKey(record: KeyRecord, before: KnownKey | undefined, atMs: number): KnownKey {
  const secrets = before?.record.secretVersion === record.secretVersion ? before.secrets : undefined;
  return {
    record,
    limits: keyLimits(record),
    secrets,
    usedHourMs: Math.max(before?.usedHourMs ?? 0, record.lastUsedAtMs),
    atMs,
  };
}

/** A clock that was set back must not keep a key alive. */
function isFresh(sinceMs: number, atMs: number, ttlMs: number): boolean {
  const ageMs = atMs - sinceMs;
  return ageMs >= 0 && ageMs < ttlMs;
}
