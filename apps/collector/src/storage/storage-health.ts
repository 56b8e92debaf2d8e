import { sqlState } from "./errors.ts";
import type { Partitions } from "./partitions.ts";
import type { Pool } from "./pool.ts";
import { trialRun } from "./trial-run.ts";

export interface StorageHealth {
  /**
   * Writes and commits a row. After a flush that failed it also writes events, and takes them back.
   *
   * @throws {StorageUnavailableError} when the database cannot store: out, read-only, full, or without its tables yet
   * @throws {MigrationError} while a migration cannot be applied
   */
  probe(): Promise<void>;
}

/** What the path of events knows about itself. */
export interface EventPath {
  /** Whether events could not be written the last time. */
  readonly failing: boolean;
  /** Events can be written again. */
  recovered(): void;
}

/** Readiness must tell the truth within two seconds, also when nothing answers. */
const PROBE_DEADLINE_MS = 1_500;
/** More than fits into what is left of a page, so that a full disk shows. */
const TRIAL_EVENTS = 300;
const MISSING_PARTITION = "23514";

export interface StorageHealthDeps {
  /** Short statements only. */
  readonly pool: Pool;
  readonly events: EventPath;
  readonly partitions: Pick<Partitions, "ensure">;
  readonly now: () => number;
  /** Why the tables must not be used yet; undefined: no reason is known. */
  readonly refusal?: () => Error | undefined;
}

export function createStorageHealth(deps: StorageHealthDeps): StorageHealth {
  const { pool, events, partitions, now, refusal = () => undefined } = deps;
  let makingRoom: Promise<void> | undefined;

  /** As a flush does: where the partition of today is missing it is made, for without requests no flush would ever do it. */
  async function tryEventsMakingRoom(): Promise<void> {
    try {
      await tryEvents(pool, now());
    } catch (error) {
      if (sqlState(error) !== MISSING_PARTITION) throw error;
      // Once for all probes: one that is given up goes on, and the next comes a second later.
      makingRoom ??= partitions.ensure(now()).finally(() => {
        makingRoom = undefined;
      });
      await makingRoom;
      await tryEvents(pool, now());
    }
  }

  return {
    async probe() {
      const refused = refusal();
      if (refused !== undefined) throw refused;
      await pool.run(
        ({ sql }) => sql`
          INSERT INTO write_probes (id, probed_at) VALUES (1, now())
          ON CONFLICT (id) DO UPDATE SET probed_at = excluded.probed_at`,
        PROBE_DEADLINE_MS,
      );
      // The row above is written over and over in its place: a disk without room for events, or a lock on their table, does
      // not show there. Without requests no flush would ever find out that it is over, so it is tried out.
      if (!events.failing) return;
      await tryEventsMakingRoom();
      events.recovered();
    },
  };
}

/** Writes events and rolls them back. */
async function tryEvents(pool: Pool, nowMs: number): Promise<void> {
  const at = `to_timestamp(${nowMs}::float8 / 1000)`;
  const insert = `
    INSERT INTO events_raw (project_id, key_id, occurred_at, stored_at, tool_id, error_id)
    SELECT 0, 0, ${at}, ${at}, 0, 0 FROM generate_series(1, ${TRIAL_EVENTS})`;
  await pool.run(({ sql }) => sql.unsafe(trialRun(insert)), PROBE_DEADLINE_MS);
}
