import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createDeliveryStore } from "../../src/storage/delivery-store.ts";
import { maintainStorage } from "../../src/storage/maintenance.ts";
import { createPartitions } from "../../src/storage/partitions.ts";
import { openPools, type Pools } from "../../src/storage/pools.ts";
import { TARGETS, type TestDatabase } from "./targets.ts";

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const NOW_MS = Date.UTC(2026, 10, 22, 12);

describe.each(TARGETS)("the upkeep of $name", ({ open }) => {
  let database: TestDatabase;
  let pools: Pools;

  beforeAll(async () => {
    database = await open();
    pools = openPools(database.address);
  });
  afterAll(async () => {
    await pools?.close(1_000);
    await database?.drop();
  });

  const maintain = (nowMs: number, on = pools) =>
    maintainStorage({
      partitions: createPartitions(on.upkeep),
      deliveries: createDeliveryStore(on.upkeep),
      rawRetentionDays: 30,
      now: () => nowMs,
      databaseNow: async () => nowMs,
    });

  it("keeps events for the days of retention and drops older ones", async () => {
    await maintain(NOW_MS);
    for (const daysAgo of [0, 1]) {
      const at = new Date(NOW_MS - daysAgo * DAY_MS).toISOString();
      await pools.upkeep.run(({ sql }) =>
        sql.unsafe(`INSERT INTO events_raw VALUES (1, 1, '${at}', now(), NULL, 1, 0)`),
      );
    }
    const left = async () => {
      const rows = await pools.read.run(({ sql }) => sql`SELECT occurred_at FROM events_raw`);
      return rows.length;
    };
    await maintain(NOW_MS + 29 * DAY_MS);
    expect(await left()).toBe(2);
    await maintain(NOW_MS + 30 * DAY_MS);
    expect(await left()).toBe(1);
    await maintain(NOW_MS + 31 * DAY_MS);
    expect(await left()).toBe(0);
  });

  it("forgets deliveries after an hour, also when replicas do it at once", async () => {
    for (const ageMs of [0, HOUR_MS - 1_000, HOUR_MS + 1_000, 5 * DAY_MS]) {
      await pools.lookup.run(
        ({ sql }) => sql`
          INSERT INTO deliveries VALUES (1, ${randomUUID()}, 1, to_timestamp(${NOW_MS - ageMs}::float8 / 1000))`,
      );
    }
    const other = openPools(database.address);
    await Promise.all([maintain(NOW_MS), maintain(NOW_MS, other)]);
    await other.close(1_000);
    const [row] = await pools.read.run(({ sql }) => sql`SELECT count(*)::int AS deliveries FROM deliveries`);
    expect(row).toEqual({ deliveries: 2 });
  });
});
