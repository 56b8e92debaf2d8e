import { type FlushItem, UNPACKED } from "./flush-item.ts";

const EVENT_COLUMNS = "project_id, key_id, occurred_at, stored_at, duration_ms, tool_id, error_id";
/** Of a packed event `p` with what its delivery brought; $1 is the time of storing, before which deliveries waited `lag_ms`. */
const EVENT_VALUES = `project_id, key_id, to_timestamp(($1::float8 - lag_ms - (${UNPACKED.ageMs})) / 1000),
    to_timestamp($1::float8 / 1000), duration_ms, ${UNPACKED.toolId}, ${UNPACKED.errorId}`;

/** Deliveries without an id only, each of which is mostly one event: every event names its owner. */
const PLAIN_STATEMENT = `
  INSERT INTO events_raw (${EVENT_COLUMNS})
  SELECT ${EVENT_VALUES}
  FROM unnest($2::text::int[], $3::text::int[], $4::text::bigint[], $5::text::bigint[], $6::text::int[])
    AS e(project_id, key_id, lag_ms, p, duration_ms)`;

/**
 * Each delivery brings its events as arrays. Returns the deliveries that were new; events of the others are left out, in the
 * same statement, so a delivery is stored whole or not at all.
 */
const IDEMPOTENT_STATEMENT = `
  WITH incoming AS MATERIALIZED (
    SELECT * FROM unnest($2::text::int[], $3::text::int[], $4::text::bigint[], $5::text::uuid[], $6::text::smallint[],
      $7::text::text[], $8::text::text[])
      AS i(project_id, key_id, lag_ms, delivery_id, accepted, packed, durations)
  ), fresh AS (
    INSERT INTO deliveries (project_id, delivery_id, accepted, received_at)
    SELECT project_id, delivery_id, accepted, to_timestamp(($1::float8 - lag_ms) / 1000) FROM incoming
    WHERE delivery_id IS NOT NULL
    ON CONFLICT (project_id, delivery_id) DO NOTHING
    RETURNING project_id, delivery_id
  ), written AS (
    INSERT INTO events_raw (${EVENT_COLUMNS})
    SELECT ${EVENT_VALUES}
    FROM (
      SELECT i.project_id, i.key_id, i.lag_ms, unnest(i.packed::bigint[]) AS p, unnest(i.durations::int[]) AS duration_ms
      FROM incoming i
      LEFT JOIN fresh f USING (project_id, delivery_id)
      WHERE i.delivery_id IS NULL OR f.delivery_id IS NOT NULL
    ) e
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
  // Where no event has a duration the column is empty: `unnest` fills it up with NULL.
  const isTimed = items.some(({ durations }) => durations !== undefined);
  return {
    text: isPlain ? PLAIN_STATEMENT : IDEMPOTENT_STATEMENT,
    parameters: [
      storedAtMs,
      ...(isPlain ? eventColumns(items, storedAtMs, isTimed) : deliveryColumns(items, storedAtMs, isTimed)),
    ],
  };
}

/** Owner, lag, packed event and duration of each event. */
function eventColumns(items: readonly FlushItem[], storedAtMs: number, isTimed: boolean): string[] {
  let projectIds = "";
  let keyIds = "";
  let lags = "";
  let packed = "";
  let durations = "";
  for (const item of items) {
    const { eventCount } = item;
    projectIds += `,${item.projectId}`.repeat(eventCount);
    keyIds += `,${item.keyId}`.repeat(eventCount);
    lags += `,${storedAtMs - item.receivedAt}`.repeat(eventCount);
    packed += `,${item.packed}`;
    if (isTimed) durations += `,${item.durations ?? ",NULL".repeat(eventCount).slice(1)}`;
  }
  return [projectIds, keyIds, lags, packed, durations].map(arrayText);
}

/** Everything about each delivery, its events as two arrays. */
function deliveryColumns(items: readonly FlushItem[], storedAtMs: number, isTimed: boolean): string[] {
  let projectIds = "";
  let keyIds = "";
  let lags = "";
  let deliveryIds = "";
  let accepted = "";
  let packed = "";
  let durations = "";
  for (const item of items) {
    projectIds += `,${item.projectId}`;
    keyIds += `,${item.keyId}`;
    lags += `,${storedAtMs - item.receivedAt}`;
    deliveryIds += `,${item.deliveryId ?? "NULL"}`;
    accepted += `,${item.eventCount}`;
    packed += `,"{${item.packed}}"`;
    if (isTimed) durations += item.durations === undefined ? ",NULL" : `,"{${item.durations}}"`;
  }
  return [projectIds, keyIds, lags, deliveryIds, accepted, packed, durations].map(arrayText);
}

/** @param values each with a comma before it: the first comma becomes the brace */
const arrayText = (values: string) => `{${values.slice(1)}}`;
