import { sqlState } from "./errors.ts";
import type { Pool } from "./pool.ts";
import type { DroppedDay } from "./storage-reports.ts";

const DAY_MS = 86_400_000;
/** Days that always have a partition, counted from today, UTC: events are at most a minute old and a second ahead. */
const FIRST_DAY = -1;
const LAST_DAY = 3;
/** Counting a day for the log may take this long. */
const COUNT_MS = 5_000;
/** So long after a day its last events are stored: they come a minute late at most, and do not wait another. */
const LATE_MS = 5 * 60_000;
const UNDEFINED_TABLE = "42P01";

/** Daily partitions of `events_raw`: made ahead, dropped when they are past retention. Days are UTC. */
export interface Partitions {
  /** Makes what is missing from yesterday to three days ahead. Safe in several replicas at once, and after a crash. */
  ensure(nowMs: number): Promise<void>;
  /**
   * Indexes each day that is over. An index on the day that is written would make every insert dearer, and nothing reads less
   * than the whole of today. Safe in several replicas at once.
   */
  indexPast(nowMs: number): Promise<void>;
  /** Days that ended before `beforeMs` and still have a partition, oldest first, as `YYYY-MM-DD`. */
  daysBefore(beforeMs: number): Promise<string[]>;
  /** Drops the partitions of these days; returns their names. @param onDropped called after each drop */
  dropBefore(beforeMs: number, onDropped?: (day: DroppedDay) => void): Promise<string[]>;
}

interface PartitionRow {
  readonly name: string;
  readonly attached: boolean;
  readonly indexed: boolean;
}

export function createPartitions(pool: Pool): Partitions {
  const list = () =>
    pool.run(
      ({ sql }) => sql<PartitionRow[]>`
        SELECT c.relname AS name, i.inhrelid IS NOT NULL AS attached,
          EXISTS (
            SELECT 1 FROM pg_class x WHERE x.relnamespace = c.relnamespace AND x.relname = c.relname || '_occurred_at'
          ) AS indexed
        FROM pg_class c
        LEFT JOIN pg_inherits i ON i.inhrelid = c.oid AND i.inhparent = 'events_raw'::regclass
        WHERE c.relnamespace = (SELECT relnamespace FROM pg_class WHERE oid = 'events_raw'::regclass)
          AND c.relkind = 'r' AND c.relname ~ '^events_raw_[0-9]{8}$'
        ORDER BY 1`,
    );

  /** One statement, its own transaction: a lock on the parent is held for that statement only. */
  const execute = (statement: string) => pool.run(({ sql }) => sql.unsafe(statement));

  async function make(dayMs: number, existing: PartitionRow | undefined): Promise<void> {
    const name = partitionName(dayMs);
    // Creating apart and attaching takes a weaker lock on the parent than CREATE TABLE ... PARTITION OF.
    if (existing === undefined) await execute(`CREATE TABLE IF NOT EXISTS ${name} (LIKE events_raw INCLUDING ALL)`);
    await execute(
      `ALTER TABLE events_raw ATTACH PARTITION ${name} FOR VALUES FROM ('${instant(dayMs)}') TO ('${instant(dayMs + DAY_MS)}')`,
    );
  }

  /**
   * Another replica may be at any step of the same partition. Each of its steps makes ours fail, and a new look then shows
   * how far it has come: there are two steps, so two failures that end in a third one are not its doing.
   */
  async function makeAmongOthers(dayMs: number, seen: PartitionRow | undefined, failures = 0): Promise<void> {
    if (seen?.attached) return;
    try {
      await make(dayMs, seen);
    } catch (error) {
      if (failures === 2) throw error;
      const now = (await list()).find(({ name }) => name === partitionName(dayMs));
      await makeAmongOthers(dayMs, now, failures + 1);
    }
  }

  const past = async (beforeMs: number) => {
    const oldest = partitionName(startOfDay(beforeMs));
    return (await list()).map(({ name }) => name).filter((name) => name < oldest);
  };

  /** Undefined where counting fails: a day past retention goes all the same. */
  const count = (name: string) =>
    pool
      .run(({ sql }) => sql.unsafe<{ rows: number }[]>(`SELECT count(*)::float8 AS rows FROM ${name}`), COUNT_MS)
      .then(([row]) => row?.rows)
      .catch(() => undefined);

  return {
    async ensure(nowMs) {
      const existing = new Map((await list()).map((row) => [row.name, row]));
      for (let day = FIRST_DAY; day <= LAST_DAY; day += 1) {
        const dayMs = startOfDay(nowMs) + day * DAY_MS;
        await makeAmongOthers(dayMs, existing.get(partitionName(dayMs)));
      }
    },

    async indexPast(nowMs) {
      const open = partitionName(startOfDay(nowMs - LATE_MS));
      const isMissing = ({ name, indexed }: PartitionRow) => !indexed && name < open;
      const failures: unknown[] = [];
      for (const { name } of (await list()).filter(isMissing)) {
        const index = `${name}_occurred_at ON ${name} USING brin (occurred_at) WITH (pages_per_range = 32)`;
        await execute(`CREATE INDEX ${index}`).catch((error) => failures.push(error));
      }
      // Other replicas may have made what failed here, or dropped the day.
      if (failures.length > 0 && (await list()).some(isMissing)) throw failures[0];
    },

    async daysBefore(beforeMs) {
      return (await past(beforeMs)).map(dayOf);
    },

    async dropBefore(beforeMs, onDropped) {
      const names = await past(beforeMs);
      for (const name of names) {
        const rows = await count(name);
        // Without IF EXISTS: of several replicas only the one that drops a day reports it.
        const isOurs = await execute(`DROP TABLE ${name}`).then(() => true, falseIfGone);
        if (isOurs) onDropped?.({ day: dayOf(name), rows });
      }
      return names;
    },
  };
}

/** Another replica has dropped it. */
function falseIfGone(error: unknown): false {
  if (sqlState(error) !== UNDEFINED_TABLE) throw error;
  return false;
}

const startOfDay = (atMs: number) => atMs - (((atMs % DAY_MS) + DAY_MS) % DAY_MS);
const instant = (atMs: number) => new Date(atMs).toISOString();
const partitionName = (dayMs: number) => `events_raw_${instant(dayMs).slice(0, 10).replaceAll("-", "")}`;
/** @param name of a partition */
const dayOf = (name: string) => name.slice(-8).replace(/^(\d{4})(\d{2})(\d{2})$/, "$1-$2-$3");
