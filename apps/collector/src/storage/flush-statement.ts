import type { Event } from "@org/mcp-analytics-schema";

/** One delivery with its names turned into ids; `toolIds` and `errorIds` run beside `events`. */
export interface FlushItem {
  readonly projectId: number;
  readonly keyId: number;
  readonly deliveryId: string | null;
  readonly receivedAt: number;
  readonly events: readonly Event[];
  readonly toolIds: readonly number[];
  readonly errorIds: readonly number[];
}

const EVENT_COLUMNS = "project_id, key_id, occurred_at, stored_at, duration_ms, tool_id, error_id";
/** Of an event `e` that one delivery `i` brought; $1 is the time of storing, and events tell their age at that time. */
const eventValues = (owner: string) =>
  `${owner}.project_id, ${owner}.key_id, to_timestamp(($1::float8 - e.age_ms) / 1000), to_timestamp($1::float8 / 1000),
    e.duration_ms, e.tool_id, e.error_id`;

/** Deliveries without an id only, each of which is mostly one event: every event names its owner. */
const PLAIN_STATEMENT = `
  INSERT INTO events_raw (${EVENT_COLUMNS})
  SELECT ${eventValues("e")}
  FROM unnest($2::text::int[], $3::text::int[], $4::text::bigint[], $5::text::smallint[], $6::text::smallint[],
    $7::text::int[]) AS e(project_id, key_id, age_ms, tool_id, error_id, duration_ms)`;

/**
 * Each event names the number `n` of its delivery, which has what its events share. Returns the deliveries that were new;
 * events of the others are left out, in the same statement, so a delivery is stored whole or not at all. (Columns repeated
 * for each event instead cost PostgreSQL three quarters more.)
 */
const IDEMPOTENT_STATEMENT = `
  WITH incoming AS MATERIALIZED (
    SELECT * FROM unnest($2::text::int[], $3::text::int[], $4::text::int[], $5::text::uuid[], $6::text::smallint[],
      $7::text::float8[]) AS i(n, project_id, key_id, delivery_id, accepted, received_ms)
  ), fresh AS (
    INSERT INTO deliveries (project_id, delivery_id, accepted, received_at)
    SELECT project_id, delivery_id, accepted, to_timestamp(received_ms / 1000) FROM incoming
    WHERE delivery_id IS NOT NULL
    ON CONFLICT (project_id, delivery_id) DO NOTHING
    RETURNING project_id, delivery_id
  ), written AS (
    INSERT INTO events_raw (${EVENT_COLUMNS})
    SELECT ${eventValues("i")}
    FROM incoming i
    LEFT JOIN fresh f USING (project_id, delivery_id)
    JOIN unnest($8::text::int[], $9::text::bigint[], $10::text::smallint[], $11::text::smallint[], $12::text::int[])
      AS e(n, age_ms, tool_id, error_id, duration_ms) ON e.n = i.n
    WHERE i.delivery_id IS NULL OR f.delivery_id IS NOT NULL
  )
  SELECT project_id, delivery_id FROM fresh`;

export interface Statement {
  readonly text: string;
  readonly parameters: (string | number)[];
}

/**
 * The one statement of a flush. Each column is one text literal: cheaper than JS arrays, and one round trip. Everything
 * in it is a number or a validated UUID, so nothing needs quoting.
 *
 * @param items sorted by project and delivery id, no delivery id twice in a project
 */
export function flushStatement(items: readonly FlushItem[], storedAtMs: number): Statement {
  const isPlain = items.every(({ deliveryId }) => deliveryId === null);
  const owners = isPlain ? ownersOfEvents(items) : deliveryColumns(items);
  const columns = [...owners, ...eventColumns(items, storedAtMs)];
  return {
    text: isPlain ? PLAIN_STATEMENT : IDEMPOTENT_STATEMENT,
    // Every value is written with a comma before it; the first comma becomes the brace.
    parameters: [storedAtMs, ...columns.map((values) => `{${values.slice(1)}}`)],
  };
}

/** Project and key of each event. */
function ownersOfEvents(items: readonly FlushItem[]): string[] {
  let projectIds = "";
  let keyIds = "";
  for (const { projectId, keyId, events } of items) {
    projectIds += `,${projectId}`.repeat(events.length);
    keyIds += `,${keyId}`.repeat(events.length);
  }
  return [projectIds, keyIds];
}

/** Everything about each delivery, then the number of its delivery for each event. */
function deliveryColumns(items: readonly FlushItem[]): string[] {
  const columns = ["", "", "", "", "", ""];
  let numbers = "";
  items.forEach(({ projectId, keyId, deliveryId, events, receivedAt }, n) => {
    columns[0] += `,${n}`;
    columns[1] += `,${projectId}`;
    columns[2] += `,${keyId}`;
    columns[3] += `,${deliveryId ?? "NULL"}`;
    columns[4] += `,${events.length}`;
    columns[5] += `,${receivedAt}`;
    numbers += `,${n}`.repeat(events.length);
  });
  return [...columns, numbers];
}

/** Age, tool, error and duration of each event. */
function eventColumns(items: readonly FlushItem[], storedAtMs: number): string[] {
  let ages = "";
  let toolIds = "";
  let errorIds = "";
  let durations = "";
  let timed = false;
  for (const item of items) {
    for (const { timestamp, durationMs } of item.events) {
      ages += `,${storedAtMs - timestamp}`;
      if (durationMs !== undefined) timed = true;
    }
    toolIds += `,${item.toolIds.join()}`;
    errorIds += `,${item.errorIds.join()}`;
  }
  // Empty where no event has a duration, as at the default level: `unnest` fills a shorter column up with NULL.
  if (timed)
    for (const { events } of items) for (const { durationMs } of events) durations += `,${durationMs ?? "NULL"}`;
  return [ages, toolIds, errorIds, durations];
}
