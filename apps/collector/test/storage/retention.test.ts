import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createDeliveryStore } from "../../src/storage/delivery-store.ts";
import { databaseClock, maintainStorage } from "../../src/storage/maintenance.ts";
import { createPartitions } from "../../src/storage/partitions.ts";
import { openPools, type Pools } from "../../src/storage/pools.ts";
import { openStorage } from "../../src/storage/storage.ts";
import type { DropPlan, DroppedDay } from "../../src/storage/storage-reports.ts";
import { countEvents } from "./deliveries.ts";
import { TARGETS, type TestDatabase } from "./targets.ts";

const DAY_MS = 86_400_000;
const START_MS = Date.now();
const daysAgo = (days: number) => new Date(START_MS - days * DAY_MS).toISOString().slice(0, 10);

describe.each(TARGETS)("retention in $name", ({ open }) => {
  let database: TestDatabase;
  let pools: Pools;

  beforeAll(async () => {
    database = await open();
    pools = openPools(database.address);
    const partitions = createPartitions(pools.upkeep);
    for (const days of [100, 60, 20, 0]) {
      await partitions.ensure(START_MS - days * DAY_MS);
      await pools.upkeep.run(({ sql }) =>
        sql.unsafe(`INSERT INTO events_raw SELECT 1, 1, '${daysAgo(days)}'::timestamptz + interval '1 second', now(),
          NULL, 1, 0 FROM generate_series(1, ${days + 1})`),
      );
    }
  });
  afterAll(async () => {
    await pools?.close(1_000);
    await database?.drop();
  });

  const maintain = async (aheadMs: number) => {
    const differences: number[] = [];
    const dropped: DroppedDay[] = [];
    await maintainStorage({
      partitions: createPartitions(pools.upkeep),
      deliveries: createDeliveryStore(pools.upkeep),
      rawRetentionDays: 200,
      now: () => Date.now() + aheadMs,
      databaseNow: databaseClock(pools.upkeep),
      reports: { clocksDiffer: (ms) => differences.push(ms), dropped: (day) => dropped.push(day) },
    });
    return { differences, dropped };
  };

  test.each([
    ["ahead", 175],
    ["behind", -175],
  ])("drops nothing for a clock that is 175 days %s, and reports the difference", async (_name, days) => {
    const before = await countEvents(pools.read);
    const { differences, dropped } = await maintain(days * DAY_MS);
    expect(dropped).toEqual([]);
    expect(await countEvents(pools.read)).toBe(before);
    expect(differences.map((ms) => Math.round(ms / DAY_MS))).toEqual([days]);
  });

  test("says nothing of clocks that agree within a minute", async () => {
    expect((await maintain(59_000)).differences).toEqual([]);
  });

  test("that was lowered is announced at the start and enforced soon after, each day with its rows", async () => {
    const plans: DropPlan[] = [];
    const dropped: DroppedDay[] = [];
    let finish = () => {};
    const done = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const storage = openStorage(database.address, {
      rawRetentionDays: 30,
      now: Date.now,
      onError: () => {},
      onQuarantined: () => {},
      firstMaintenanceMs: 500,
      reports: {
        dropPlanned: (plan) => plans.push(plan),
        dropped(day) {
          dropped.push(day);
          if (dropped.length === plans[0]?.days) finish();
        },
      },
    });
    expect(await storage.start()).toBe(true);
    // A process that is stopped in this time drops nothing.
    expect(dropped).toEqual([]);
    expect(plans).toEqual([
      expect.objectContaining({ inMs: 500, firstDay: expect.stringMatching(/^20\d\d-\d\d-\d\d$/) }),
    ]);
    await done;
    await storage.close(1_000);
    const { firstDay, lastDay } = plans[0] as DropPlan;
    expect([dropped[0]?.day, dropped.at(-1)?.day]).toEqual([firstDay, lastDay]);
    expect(dropped.filter(({ rows }) => rows !== 0)).toEqual([
      { day: daysAgo(100), rows: 101 },
      { day: daysAgo(60), rows: 61 },
    ]);
    expect(await countEvents(pools.read)).toBe(22);
  });
});
