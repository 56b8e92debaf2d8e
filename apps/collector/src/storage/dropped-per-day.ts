import type { Batch } from "@org/mcp-analytics-schema";
import type { DropReason } from "@org/mcp-analytics-schema/constants";
import type { Pool } from "./pool.ts";

interface DroppedCount {
  readonly projectId: number;
  /** `YYYY-MM-DD`, UTC. */
  readonly day: string;
  readonly reason: DropReason;
  readonly events: number;
}

/**
 * Events that clients report to have given up, per project, UTC day and reason. Counted in memory and written in bulk: no
 * batch waits for it, and a process that is killed loses the reports of a minute, of what is lost already. A
 * write whose answer was lost is made again, so around an outage reports may count twice.
 */
export class DroppedPerDay {
  readonly #pool: Pool;
  /** By project, day and reason; holds what has come since it was last written. */
  #counts = new Map<string, DroppedCount>();

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  /** @param atMs when the report came; the client does not say when it gave the events up */
  add(projectId: number, dropped: NonNullable<Batch["dropped"]>, atMs: number): void {
    const day = new Date(atMs).toISOString().slice(0, 10);
    for (const [name, events] of Object.entries(dropped)) {
      const reason = name as DropReason;
      const id = `${projectId}/${day}/${reason}`;
      const before = this.#counts.get(id)?.events ?? 0;
      this.#counts.set(id, { projectId, day, reason, events: before + events });
    }
  }

  /**
   * Writes what has been added. What cannot be written is kept for the next call.
   *
   * @throws {StorageUnavailableError} when the database is out
   */
  async flush(): Promise<void> {
    if (this.#counts.size === 0) return;
    // Sorted: two replicas that write the same rows in different orders would deadlock.
    const counts = [...this.#counts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, count]) => count);
    this.#counts = new Map();
    const column = (value: (count: DroppedCount) => number | string) => `{${counts.map(value).join(",")}}`;
    try {
      await this.#pool.run(
        ({ sql }) => sql`
          INSERT INTO dropped_per_day (project_id, day, reason, events)
          SELECT * FROM unnest(
            ${column(({ projectId }) => projectId)}::text::int[],
            ${column(({ day }) => day)}::text::date[],
            ${column(({ reason }) => reason)}::text::text[],
            ${column(({ events }) => events)}::text::bigint[]
          )
          ON CONFLICT (project_id, day, reason) DO UPDATE SET events = dropped_per_day.events + excluded.events`,
      );
    } catch (error) {
      for (const { projectId, day, reason, events } of counts)
        this.add(projectId, { [reason]: events }, Date.parse(day));
      throw error;
    }
  }
}
