import { randomUUID } from "node:crypto";
import type { Event } from "@org/mcp-analytics-schema";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Delivery } from "../../src/storage/event-writer.ts";
import { createPartitions } from "../../src/storage/partitions.ts";
import { openPools, type Pools } from "../../src/storage/pools.ts";
import { openStorage, type Storage } from "../../src/storage/storage.ts";
import { SimulatedClock } from "../limits/simulated-clock.ts";
import { TARGETS, type TestDatabase } from "./targets.ts";

/** One event as it is told apart: tool, error, duration, time. */
type Told = readonly [string, string, number | null, number];

const tell = (event: Event): Told => [
  event.tool,
  event.success ? "success" : (event.errorType ?? "no type"),
  event.durationMs ?? null,
  event.timestamp,
];
const inOrder = (events: readonly Told[]) => events.map((event) => JSON.stringify(event)).sort();

describe.each(TARGETS)("events read back from $name", ({ open }) => {
  const clock = new SimulatedClock();
  let database: TestDatabase;
  let storage: Storage;
  let pools: Pools;
  let lastKeyId = 100;

  beforeAll(async () => {
    database = await open();
    pools = openPools(database.address);
    storage = openStorage(database.address, {
      rawRetentionDays: 30,
      now: clock.now,
      onError: () => {},
      onQuarantined: () => {},
    });
    await createPartitions(pools.upkeep).ensure(clock.now());
  });
  afterAll(async () => {
    await storage?.close(1_000);
    await pools?.close(1_000);
    await database?.drop();
  });

  const event = (changes: Partial<Event> = {}) =>
    ({ tool: "get_forecast", success: true, timestamp: clock.now(), ...changes }) as Event;
  const failed = (errorType?: string) => ({ success: false, ...(errorType !== undefined && { errorType }) });
  const delivery = (events: readonly Event[], deliveryId: string | null, receivedAt = clock.now()): Delivery => {
    lastKeyId += 1;
    return { projectId: 1, keyId: lastKeyId, deliveryId, events, receivedAt };
  };

  async function readBack(keyId: number): Promise<Told[]> {
    const rows = await pools.read.run(
      ({ sql }) => sql<{ tool: string; error: string; duration: number | null; at: number }[]>`
        SELECT t.name AS tool, e.duration_ms AS duration, (extract(epoch FROM e.occurred_at) * 1000)::float8 AS at,
          CASE e.error_id WHEN 0 THEN 'success' WHEN -1 THEN 'no type' ELSE x.name END AS error
        FROM events_raw e
        JOIN tools t ON t.project_id = e.project_id AND t.id = e.tool_id
        LEFT JOIN error_types x ON x.project_id = e.project_id AND x.id = e.error_id
        WHERE e.project_id = 1 AND e.key_id = ${keyId}`,
    );
    return rows.map(({ tool, error, duration, at }): Told => [tool, error, duration, at]);
  }

  /** Writes deliveries that share a flush, and expects each to be there as it was sent. */
  async function expectExact(deliveries: readonly Delivery[]): Promise<void> {
    const results = await Promise.all(deliveries.map((one) => storage.writer.write(one)));
    expect(results).toEqual(deliveries.map(({ events }) => ({ duplicate: false, accepted: events.length })));
    for (const { keyId, events } of deliveries) {
      expect(inOrder(await readBack(keyId))).toEqual(inOrder(events.map(tell)));
    }
  }

  describe.each([
    ["with an id", () => randomUUID()],
    ["without an id", () => null],
  ])("of deliveries %s", (_which, id) => {
    const now = clock.now();
    const timed = [
      event({ durationMs: 0, timestamp: now - 60_000 }),
      event({ tool: "get_alerts", durationMs: 86_400_000, timestamp: now + 1_000, ...failed("TIMEOUT") }),
    ];
    const untimed = [event({ timestamp: now - 1 }), event({ tool: "get_alerts", timestamp: now - 2, ...failed() })];

    it("are exact where a delivery with durations stands beside one without, whichever comes first", async () => {
      await expectExact([delivery(timed, id()), delivery(untimed, id())]);
      await expectExact([delivery(untimed, id()), delivery(timed, id())]);
    });

    it("are exact where only some events of a delivery have a duration", async () => {
      const [first, second] = [timed[0] as Event, timed[1] as Event];
      await expectExact([
        delivery([first, ...untimed, second], id()),
        delivery([untimed[0] as Event, first, untimed[1] as Event], id()),
      ]);
    });

    it("are exact though their delivery had to wait for its flush", async () => {
      const waited = [1, 3_000, 70_000].map((lagMs) => {
        const receivedAt = now - lagMs;
        const events = [...timed, ...untimed].map((one) => ({ ...one, timestamp: one.timestamp - lagMs }));
        return delivery(events, id(), receivedAt);
      });
      await expectExact(waited);
    });
  });

  it("have a delivery beside them that was received when it was, and counts them", async () => {
    const receivedAt = clock.now() - 1_234;
    const sent = delivery(
      [event({ timestamp: receivedAt }), event({ timestamp: receivedAt - 5 })],
      randomUUID(),
      receivedAt,
    );
    await expectExact([sent, delivery([event()], randomUUID())]);
    const rows = await pools.read.run(
      ({ sql }) => sql`
        SELECT accepted, (extract(epoch FROM received_at) * 1000)::float8 AS at
        FROM deliveries WHERE project_id = 1 AND delivery_id = ${sent.deliveryId}`,
    );
    expect(rows.map((row) => ({ ...row }))).toEqual([{ accepted: 2, at: receivedAt }]);
  });

  it("are exact whatever deliveries share a flush", async () => {
    const one = fc.record({
      hasId: fc.boolean(),
      lagMs: fc.integer({ min: 0, max: 5_000 }),
      events: fc.array(
        fc.record(
          {
            tool: fc.constantFrom("a", "b", "null", "NULL", "x/y.z-1"),
            error: fc.constantFrom("success", "no type", "TIMEOUT", "NULL"),
            ageMs: fc.integer({ min: -1_000, max: 60_000 }),
            durationMs: fc.nat({ max: 86_400_000 }),
          },
          { requiredKeys: ["tool", "error", "ageMs"] },
        ),
        { minLength: 1, maxLength: 6 },
      ),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(one, { minLength: 1, maxLength: 8 }), async (drawn) => {
        const deliveries = drawn.map(({ hasId, lagMs, events }) => {
          const receivedAt = clock.now() - lagMs;
          const sent = events.map(({ tool, error, ageMs, durationMs }) =>
            event({
              tool,
              timestamp: receivedAt - ageMs,
              ...(durationMs !== undefined && { durationMs }),
              ...(error !== "success" && failed(error === "no type" ? undefined : error)),
            }),
          );
          return delivery(sent, hasId ? randomUUID() : null, receivedAt);
        });
        await expectExact(deliveries);
      }),
      { numRuns: 30 },
    );
  });

  it("keep their durations where the database refuses one between them", async () => {
    const timestamp = clock.now();
    const good = [event({ durationMs: 1 }), event(), event({ tool: "get_alerts", durationMs: 3 }), event()];
    // Out of range of the column: what validation would never let through.
    const refused = event({ durationMs: 3_000_000_000, timestamp });
    const sent = delivery([...good.slice(0, 2), refused, ...good.slice(2)], randomUUID());
    expect(await storage.writer.write(sent)).toEqual({ duplicate: false, accepted: 4 });
    expect(inOrder(await readBack(sent.keyId))).toEqual(inOrder(good.map(tell)));
  });
});
