import type { KeyRecord } from "./key-store.ts";
import type { Pool } from "./pool.ts";

const HOUR_MS = 3_600_000;

interface Touch {
  readonly projectId: number;
  readonly keyId: number;
  readonly hourMs: number;
}

/**
 * When keys were last used, kept in memory and written in bulk: a write per request would lock one hot row per key, and
 * anything finer than the hour would tell more about a person than anyone needs.
 */
export class LastUsed {
  readonly #pool: Pool;
  /** By project and key; holds at most the keys in use. */
  #touched = new Map<string, Touch>();
  /** What has been written in this hour or before, so that a busy key costs one write an hour. */
  #written = new Map<string, number>();

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  touch(key: Pick<KeyRecord, "projectId" | "keyId">, atMs: number): void {
    const id = `${key.projectId}/${key.keyId}`;
    const hourMs = atMs - (atMs % HOUR_MS);
    if ((this.#written.get(id) ?? 0) >= hourMs || (this.#touched.get(id)?.hourMs ?? 0) >= hourMs) return;
    this.#touched.set(id, { projectId: key.projectId, keyId: key.keyId, hourMs });
  }

  /**
   * Writes what has changed; never takes a key back in time. On failure everything is kept for the next call.
   *
   * @throws {StorageUnavailableError} when the database is out
   */
  async flush(nowMs: number): Promise<void> {
    const hourMs = nowMs - (nowMs % HOUR_MS);
    for (const [id, writtenMs] of this.#written) if (writtenMs < hourMs) this.#written.delete(id);
    if (this.#touched.size === 0) return;
    // Sorted: two replicas that write the same keys in different orders would deadlock.
    const touches = [...this.#touched].sort(([, a], [, b]) => a.projectId - b.projectId || a.keyId - b.keyId);
    const column = (value: (touch: Touch) => number) => `{${touches.map(([, touch]) => value(touch)).join(",")}}`;
    await this.#pool.run(
      ({ sql }) => sql`
        UPDATE api_keys k SET last_used_at = u.last_used_at
        FROM (
          SELECT project_id, key_id, to_timestamp(hour_ms / 1000) AS last_used_at
          FROM unnest(
            ${column((touch) => touch.projectId)}::text::int[],
            ${column((touch) => touch.keyId)}::text::int[],
            ${column((touch) => touch.hourMs)}::text::float8[]
          ) AS t(project_id, key_id, hour_ms)
        ) u
        WHERE k.project_id = u.project_id AND k.key_id = u.key_id
          AND (k.last_used_at IS NULL OR k.last_used_at < u.last_used_at)`,
    );
    for (const [id, touch] of touches) {
      if (this.#touched.get(id) === touch) this.#touched.delete(id);
      this.#written.set(id, touch.hourMs);
    }
  }
}
