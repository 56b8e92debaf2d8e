import { BoundedMap } from "../limits/bounded-map.ts";
import { type KeyLimits, keyLimits } from "../limits/key-limits.ts";
import type { KeyRecord, KeyStore } from "../storage/key-store.ts";

/** A revoked or disabled key stops within this time on every replica. */
export const KNOWN_KEY_TTL_MS = 10_000;
export const UNKNOWN_KEY_TTL_MS = 30_000;
/** A key that is still in use at this age is looked up again before its time, so that no request of it waits. */
const REFRESH_AFTER_MS = 8_000;
const MAX_KNOWN_KEYS = 20_000;
const MAX_UNKNOWN_KEYS = 10_000;

/** A key as requests need it: looked up once, its limits and secrets worked out once. */
export interface KnownKey {
  readonly record: KeyRecord;
  readonly limits: KeyLimits;
  /** Signing secrets, current first; worked out at the first signed request. */
  secrets: readonly string[] | undefined;
  /** Hour (Unix ms) of its last use that was noted. */
  usedHourMs: number;
}

interface Remembered {
  readonly key: KnownKey | null;
  /** Unix ms at which the lookup began */
  readonly atMs: number;
}

export interface KeyCache {
  /**
   * @param atMs now, Unix ms
   * @returns `null`: known not to exist; undefined: not known, ask `load`
   */
  peek(keyHash: string, atMs: number): KnownKey | null | undefined;
  /** Whether it was good when it was last looked up, however long ago. */
  wasKnown(keyHash: string): boolean;
  /** Asks the database, once for all that ask at the same time. A failure is not remembered. */
  load(keyHash: string): Promise<KnownKey | null>;
}

export function createKeyCache(keyStore: KeyStore, now: () => number): KeyCache {
  // Apart, so that a flood of invented keys pushes no real one out.
  const known = new BoundedMap<string, Remembered>(MAX_KNOWN_KEYS);
  const unknown = new BoundedMap<string, Remembered>(MAX_UNKNOWN_KEYS);
  const loading = new Map<string, Promise<KnownKey | null>>();

  async function query(keyHash: string): Promise<KnownKey | null> {
    const atMs = now();
    const record = await keyStore.findByHash(keyHash);
    const before = known.get(keyHash)?.key ?? undefined;
    const key = record === undefined ? null : toKnownKey(record, before);
    if (key === null) {
      known.delete(keyHash);
      unknown.set(keyHash, { key, atMs });
    } else {
      unknown.delete(keyHash);
      known.set(keyHash, { key, atMs });
    }
    return key;
  }

  function load(keyHash: string): Promise<KnownKey | null> {
    let lookup = loading.get(keyHash);
    if (lookup === undefined) {
      lookup = query(keyHash).finally(() => loading.delete(keyHash));
      loading.set(keyHash, lookup);
    }
    return lookup;
  }

  return {
    peek(keyHash, atMs) {
      const found = known.get(keyHash);
      if (found !== undefined && isFresh(found.atMs, atMs, KNOWN_KEY_TTL_MS)) {
        // A failure is for the request that finds the key too old.
        if (atMs - found.atMs > REFRESH_AFTER_MS) load(keyHash).catch(() => {});
        return found.key;
      }
      const missed = unknown.get(keyHash);
      return missed !== undefined && isFresh(missed.atMs, atMs, UNKNOWN_KEY_TTL_MS) ? null : undefined;
    },
    wasKnown: (keyHash) => known.get(keyHash) !== undefined,
    load,
  };
}

/** What was worked out before stays, as far as it still holds. */
function toKnownKey(record: KeyRecord, before: KnownKey | undefined): KnownKey {
  const secrets = before?.record.secretVersion === record.secretVersion ? before.secrets : undefined;
  return { record, limits: keyLimits(record), secrets, usedHourMs: before?.usedHourMs ?? 0 };
}

/** A clock that was set back must not keep a key alive. */
function isFresh(sinceMs: number, atMs: number, ttlMs: number): boolean {
  const ageMs = atMs - sinceMs;
  return ageMs >= 0 && ageMs < ttlMs;
}
