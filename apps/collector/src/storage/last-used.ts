import type { KeyRecord } from "./key-store.ts";
import type { Pool } from "./pool.ts";

const HOUR_MS = 3_600_000;
/** Keys of one statement: short enough to hold no lock for long. */
const MAX_KEYS_PER_STATEMENT = 1_000;

/** One key that was used, and the hour of it in Unix ms. */
interface Touch {
  readonly projectId: number;
  readonly keyId: number;
  readonly hourMs: number;
}

/**
 * When keys were last used, collected in memory and written in bulk: a write per request would lock one hot row per key. The
 * hour is enough, and anything finer would reveal more about a person than needed.
 */
export class LastUsed {
  readonly #pool: Pool;
  /** Hours by project and key: nested numbers, because a fleet touches many keys between two flushes. */
  #touched = new Map<number, Map<number, number>>();

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  /** Takes the first use of a key in an hour; callers know from its record when it was last noted. */
  touch({ projectId, keyId }: Pick<KeyRecord, "projectId" | "keyId">, atMs: number): void {
    let keys = this.#touched.get(projectId);
    if (keys === undefined) {
      keys = new Map();
      this.#touched.set(projectId, keys);
    }
    keys.set(keyId, Math.max(keys.get(keyId) ?? 0, atMs - (atMs % HOUR_MS)));
  }

  /**
   * Writes what has changed; never moves a key back in time. On failure the rest is kept for the next call.
   *
   * @throws {StorageUnavailableError} when the database is out
   */
  async flush(): Promise<void> {
    const touches = this.#takeAll();
    for (let from = 0; from < touches.length; from += MAX_KEYS_PER_STATEMENT) {
      try {
        await this.#write(touches.slice(from, from + MAX_KEYS_PER_STATEMENT));
      } catch (error) {
        for (const touch of touches.slice(from)) this.touch(touch, touch.hourMs);
        throw error;
      }
    }
  }

  /** Sorted: two replicas that write the same keys in different orders would deadlock. */
  #takeAll(): Touch[] {
    const touched = this.#touched;
    this.#touched = new Map();
    return [...touched]
      .flatMap(([projectId, keys]) => [...keys].map(([keyId, hourMs]) => ({ projectId, keyId, hourMs })))
      .sort((a, b) => a.projectId - b.projectId || a.keyId - b.keyId);
  }

  async #write(touches: readonly Touch[]): Promise<void> {
    const column = (value: (touch: Touch) => number) => `{${touches.map(value).join(",")}}`;
    await this.#pool.run(
      ({ sql }) => sql`
        UPDATE api_keys k SET last_used_at = u.last_used_at
        FROM (
          SELECT project_id, key_id, to_timestamp(hour_ms / 1000) AS last_used_at
          FROM unnest(
            ${column(({ projectId }) => projectId)}::text::int[],
            ${column(({ keyId }) => keyId)}::text::int[],
            ${column(({ hourMs }) => hourMs)}::text::float8[]
          ) AS t(project_id, key_id, hour_ms)
        ) u
        WHERE k.project_id = u.project_id AND k.key_id = u.key_id
          AND (k.last_used_at IS NULL OR k.last_used_at < u.last_used_at)`,
    );
  }
}
