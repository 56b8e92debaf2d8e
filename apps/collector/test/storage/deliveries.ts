import { randomUUID } from "node:crypto";
import type { Event } from "@org/mcp-analytics-schema";
import type { Delivery } from "../../src/storage/event-writer.ts";
import type { Pool } from "../../src/storage/pool.ts";

/** A delivery of `count` events that happened now. */
export function delivery(count: number, overrides: Partial<Delivery> = {}): Delivery {
  return {
    projectId: 1,
    keyId: 1,
    deliveryId: randomUUID(),
    receivedAt: Date.now(),
    events: Array.from({ length: count }, () => event()),
    ...overrides,
  };
}

export function event(overrides: Partial<Event> = {}): Event {
  return { tool: "get_forecast", success: true, timestamp: Date.now(), ...overrides } as Event;
}

/** Rows of `events_raw`, all or of one key. */
export async function countEvents(pool: Pool, keyId?: number): Promise<number> {
  const rows = await pool.run(({ sql }) =>
    keyId === undefined
      ? sql<{ events: number }[]>`SELECT count(*)::int AS events FROM events_raw`
      : sql<
          { events: number }[]
        >`SELECT count(*)::int AS events FROM events_raw WHERE project_id = 1 AND key_id = ${keyId}`,
  );
  return rows[0]?.events ?? 0;
}
