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
const EVENT_VALUES =
  "e.project_id, e.key_id, to_timestamp(e.occurred_ms / 1000), to_timestamp($1::float8 / 1000), e.duration_ms, e.tool_id, e.error_id";
const EVENT_ROWS = `unnest($2::text::int[], $3::text::int[], $4::text::float8[], $5::text::int[], $6::text::smallint[],
    $7::text::smallint[], $8::text::int[]) AS e(project_id, key_id, occurred_ms, duration_ms, tool_id, error_id, n)`;

/** Deliveries without an id only. */
const PLAIN_STATEMENT = `
  INSERT INTO events_raw (${EVENT_COLUMNS})
  SELECT ${EVENT_VALUES}
  FROM ${EVENT_ROWS}`;

/**
 * Each delivery counts its events under a number `n`, 0 for deliveries without an id. Returns the deliveries that were
 * new; events of the others are left out, in the same statement, so a delivery is stored whole or not at all.
 */
const IDEMPOTENT_STATEMENT = `
  WITH incoming AS MATERIALIZED (
    SELECT * FROM unnest($9::text::int[], $10::text::int[], $11::text::uuid[], $12::text::smallint[], $13::text::float8[])
      AS i(n, project_id, delivery_id, accepted, received_ms)
  ), fresh AS (
    INSERT INTO deliveries (project_id, delivery_id, accepted, received_at)
    SELECT project_id, delivery_id, accepted, to_timestamp(received_ms / 1000) FROM incoming
    ON CONFLICT (project_id, delivery_id) DO NOTHING
    RETURNING project_id, delivery_id
  ), written AS (
    INSERT INTO events_raw (${EVENT_COLUMNS})
    SELECT ${EVENT_VALUES}
    FROM ${EVENT_ROWS}
    WHERE e.n = 0 OR e.n IN (SELECT i.n FROM incoming i JOIN fresh f USING (project_id, delivery_id))
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
  const columns = ["", "", "", "", "", "", ""];
  const deliveries = ["", "", "", "", ""];
  let n = 0;
  for (const item of items) {
    if (item.deliveryId !== null) {
      n += 1;
      appendDelivery(deliveries, item, n);
    }
    appendEvents(columns, item, item.deliveryId === null ? 0 : n);
  }
  columns[3] = durationColumn(items);
  const parameters = [storedAtMs, ...columns.map(literal)];
  if (n === 0) return { text: PLAIN_STATEMENT, parameters };
  return { text: IDEMPOTENT_STATEMENT, parameters: [...parameters, ...deliveries.map(literal)] };
}

/** Every value is written with a comma before it; the first comma becomes the brace. */
const literal = (values: string) => `{${values.slice(1)}}`;

function appendDelivery(columns: string[], item: FlushItem, n: number): void {
  columns[0] += `,${n}`;
  columns[1] += `,${item.projectId}`;
  columns[2] += `,${item.deliveryId}`;
  columns[3] += `,${item.events.length}`;
  columns[4] += `,${item.receivedAt}`;
}

/** What is the same for all events of a delivery is repeated in one go: a flush has thousands of values. */
function appendEvents(columns: string[], { projectId, keyId, events, toolIds, errorIds }: FlushItem, n: number): void {
  const count = events.length;
  columns[0] += `,${projectId}`.repeat(count);
  columns[1] += `,${keyId}`.repeat(count);
  for (const { timestamp } of events) columns[2] += `,${timestamp}`;
  columns[4] += `,${toolIds.join()}`;
  columns[5] += `,${errorIds.join()}`;
  columns[6] += `,${n}`.repeat(count);
}

/** Empty where no event has a duration, as at the default level: `unnest` fills a shorter column up with NULL. */
function durationColumn(items: readonly FlushItem[]): string {
  if (!items.some(({ events }) => events.some(({ durationMs }) => durationMs !== undefined))) return "";
  let column = "";
  for (const { events } of items) for (const { durationMs } of events) column += `,${durationMs ?? "NULL"}`;
  return column;
}
