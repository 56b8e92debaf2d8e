import { BoundedMap } from "../limits/bounded-map.ts";
import { type KeyLimits, keyLimits } from "../limits/key-limits.ts";
import type { KeyRecord, KeyStore } from "../storage/key-store.ts";

/** A revoked or disabled key stops within this time on every replica. */
export const KNOWN_KEY_TTL_MS = 10_000;
export const UNKNOWN_KEY_TTL_MS = 30_000;
const MAX_KNOWN_KEYS = 20_000;
const MAX_UNKNOWN_KEYS = 10_000;

/** A key as requests need it: looked up once, its limits and secrets worked out once. */
export interface KnownKey {
  readonly record: KeyRecord;
  readonly limits: KeyLimits;
  /** Signing secrets, current first; worked out at the first signed request. */
  secrets: readonly string[] | undefined;
}

interface Remembered {
  readonly key: KnownKey | null;
  /** Unix ms at which the lookup began */
  readonly atMs: number;
}

export interface KeyCache {
  /** `null`: known not to exist; undefined: not known, ask `load`. */
  peek(keyHash: string): KnownKey | null | undefined;
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
    const key = record === undefined ? null : { record, limits: keyLimits(record), secrets: undefined };
    if (key === null) {
      known.delete(keyHash);
      unknown.set(keyHash, { key, atMs });
    } else {
      unknown.delete(keyHash);
      known.set(keyHash, { key, atMs });
    }
    return key;
  }

  return {
    peek(keyHash) {
      const atMs = now();
      const found = known.get(keyHash);
      if (found !== undefined && isFresh(found.atMs, atMs, KNOWN_KEY_TTL_MS)) return found.key;
      const missed = unknown.get(keyHash);
      return missed !== undefined && isFresh(missed.atMs, atMs, UNKNOWN_KEY_TTL_MS) ? null : undefined;
    },
    wasKnown: (keyHash) => known.get(keyHash) !== undefined,
    load(keyHash) {
      let lookup = loading.get(keyHash);
      if (lookup === undefined) {
        lookup = query(keyHash).finally(() => loading.delete(keyHash));
        loading.set(keyHash, lookup);
      }
      return lookup;
    },
  };
}

/** A clock that was set back must not keep a key alive. */
function isFresh(sinceMs: number, atMs: number, ttlMs: number): boolean {
  const ageMs = atMs - sinceMs;
  return ageMs >= 0 && ageMs < ttlMs;
}
