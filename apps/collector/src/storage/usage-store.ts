import { sql } from "./drizzle.ts";
import type { Pool } from "./pool.ts";

/** Runs of intervals to count: starts of each and the end of the last, ascending, Unix milliseconds. */
export interface CountedSpans {
  readonly currentEdgesMs: readonly number[];
  readonly previousEdgesMs: readonly number[];
}

/** Calls of one interval; `slot` counts from 0. Intervals without a call are left out. */
export interface SlotCount {
  readonly slot: number;
  readonly succeeded: number;
  readonly failed: number;
}

/**
 * Calls of one tool with one outcome. `finished` and `open` make up the current span: `open` is its last interval.
 * `previous` leaves out its own last interval, so that it compares with `finished`.
 */
export interface OutcomeCount {
  readonly span: "finished" | "open" | "previous";
  readonly tool: string;
  readonly outcome: "succeeded" | "failed";
  /** null for a success, and for a failure without a type */
  readonly errorType: string | null;
  readonly calls: number;
  readonly lastAtMs: number;
}

export interface UsageCounts {
  readonly everUsed: boolean;
  readonly currentSlots: readonly SlotCount[];
  readonly previousSlots: readonly SlotCount[];
  readonly outcomes: readonly OutcomeCount[];
}

export interface UsageStore {
  /** Counts the calls of one project in two spans, in one statement. */
  countCalls(projectId: number, spans: CountedSpans): Promise<UsageCounts>;
}

interface CountRow extends Record<string, unknown> {
  slot: number | null;
  span: OutcomeCount["span"] | null;
  tool: string | null;
  error_id: number | null;
  error_type: string | null;
  succeeded: number;
  failed: number;
  last_at_ms: number | null;
}

/** It follows the count of calls, and the reader has waited for that already. */
const NAMES_DEADLINE_MS = 1_500;

const instant = (atMs: number) => new Date(atMs).toISOString();

/** Slots are numbered by width_bucket: 1..n previous, n + 1 the gap between the spans (if any), n + 2..2n + 1 current. */
function countStatement(projectId: number, { currentEdgesMs, previousEdgesMs }: CountedSpans) {
  const edgesMs = [...previousEdgesMs, ...currentEdgesMs];
  const n = currentEdgesMs.length - 1;
  const edges = `{${edgesMs.map(instant).join(",")}}`;
  const from = instant(edgesMs[0] as number);
  const to = instant(edgesMs[edgesMs.length - 1] as number);
  // The edges stand in a subselect because the cast of text would else be done again for every event.
  return sql`
    WITH cells AS MATERIALIZED (
      SELECT width_bucket(occurred_at, (SELECT ${edges}::text::timestamptz[])) AS slot, tool_id, error_id,
        count(*) AS calls, max(occurred_at) AS last_at
      FROM events_raw
      WHERE project_id = ${projectId}::int AND occurred_at >= ${from}::timestamptz AND occurred_at < ${to}::timestamptz
      GROUP BY 1, 2, 3
    ), outcomes AS (
      SELECT
        CASE WHEN slot < ${n}::int THEN 'previous' WHEN slot = ${2 * n + 1}::int THEN 'open' WHEN slot > ${n + 1}::int THEN 'finished' END AS span,
        tool_id, error_id, sum(calls) AS calls, max(last_at) AS last_at
      FROM cells
      GROUP BY 1, 2, 3
    )
    SELECT slot, NULL::text AS span, NULL::text AS tool, NULL::int AS error_id, NULL::text AS error_type,
      coalesce(sum(calls) FILTER (WHERE error_id = 0), 0)::float8 AS succeeded,
      coalesce(sum(calls) FILTER (WHERE error_id <> 0), 0)::float8 AS failed,
      NULL::float8 AS last_at_ms
    FROM cells
    GROUP BY slot
    UNION ALL
    SELECT NULL, outcomes.span, coalesce(tools.name, '#' || outcomes.tool_id), outcomes.error_id, error_types.name,
      CASE WHEN outcomes.error_id = 0 THEN outcomes.calls ELSE 0 END::float8,
      CASE WHEN outcomes.error_id <> 0 THEN outcomes.calls ELSE 0 END::float8,
      (extract(epoch FROM outcomes.last_at) * 1000)::float8
    FROM outcomes
    LEFT JOIN tools ON tools.project_id = ${projectId}::int AND tools.id = outcomes.tool_id
    LEFT JOIN error_types ON error_types.project_id = ${projectId}::int AND error_types.id = outcomes.error_id
    WHERE outcomes.span IS NOT NULL`;
}

function slotCounts(rows: readonly CountRow[], firstSlot: number, slots: number): SlotCount[] {
  return rows
    .filter(({ slot }) => slot !== null && slot >= firstSlot && slot < firstSlot + slots)
    .map(({ slot, succeeded, failed }) => ({ slot: (slot as number) - firstSlot, succeeded, failed }));
}

function outcomeCounts(rows: readonly CountRow[]): OutcomeCount[] {
  return rows
    .filter(({ slot }) => slot === null)
    .map((row) => ({
      span: row.span as OutcomeCount["span"],
      tool: row.tool as string,
      outcome: row.error_id === 0 ? "succeeded" : "failed",
      errorType: row.error_type,
      calls: row.succeeded + row.failed,
      lastAtMs: Math.trunc(row.last_at_ms as number),
    }));
}

/** Counts on `events_raw`. `pool` is one for reading, apart from ingest; it bounds how long a statement may run. */
export function createUsageStore(pool: Pool): UsageStore {
  async function hasNames(projectId: number): Promise<boolean> {
    // A project's first event brings its first name with it, and looking for a name reads one index entry.
    const statement = sql`SELECT EXISTS (SELECT 1 FROM tools WHERE project_id = ${projectId}::int) AS found`;
    const [row] = await pool.run(({ db }) => db.execute<{ found: boolean }>(statement), NAMES_DEADLINE_MS);
    return row?.found === true;
  }

  return {
    async countCalls(projectId, spans) {
      const rows = await pool.run(({ db }) => db.execute<CountRow>(countStatement(projectId, spans)));
      const slots = spans.currentEdgesMs.length - 1;
      return {
        everUsed: rows.length > 0 || (await hasNames(projectId)),
        previousSlots: slotCounts(rows, 1, slots),
        currentSlots: slotCounts(rows, slots + 2, slots),
        outcomes: outcomeCounts(rows),
      };
    },
  };
}
