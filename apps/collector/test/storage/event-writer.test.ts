import { randomUUID } from "node:crypto";
import type { Event } from "@org/mcp-analytics-schema";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { WriteResult } from "../../src/storage/event-writer.ts";
import { createPartitions } from "../../src/storage/partitions.ts";
import { openPools, type Pools } from "../../src/storage/pools.ts";
import { openStorage, type Storage } from "../../src/storage/storage.ts";
import { countEvents, delivery, event } from "./deliveries.ts";
import { TARGETS, type TestDatabase } from "./targets.ts";

describe.each(TARGETS)("writing events to $name", ({ open }) => {
  let database: TestDatabase;
  let storage: Storage;
  let pools: Pools;
  let quarantined = 0;
  let nextKeyId = 100;

  beforeAll(async () => {
    database = await open();
    pools = openPools(database.address);
    storage = openStorage(database.address, {
      rawRetentionDays: 30,
      now: Date.now,
      onError: () => {},
      onQuarantined: (events) => {
        quarantined += events;
      },
    });
    await createPartitions(pools.upkeep).ensure(Date.now());
  });
  afterAll(async () => {
    await storage?.close(1_000);
    await pools?.close(1_000);
    await database?.drop();
  });

  it("stores every event of every write that resolves, and nothing else", async () => {
    nextKeyId += 1;
    const keyId = nextKeyId;
    const deliveries = Array.from({ length: 60 }, (_, index) =>
      delivery((index % 7) + 1, { keyId, deliveryId: index % 3 === 0 ? null : randomUUID() }),
    );
    const results = await Promise.all(deliveries.map((one) => storage.writer.write(one)));
    expect(results.every((result) => !result.duplicate)).toBe(true);
    expect(await countEvents(pools.read, keyId)).toBe(deliveries.reduce((sum, { events }) => sum + events.length, 0));
    expect(storage.writer.depth).toBe(0);
  });

  it("stores a repeated delivery once and tells how much the first one stored", async () => {
    nextKeyId += 1;
    const first = delivery(3, { keyId: nextKeyId });
    expect(await storage.writer.write(first)).toEqual({ duplicate: false, accepted: 3 });
    expect(await storage.writer.write({ ...first, events: [event()] })).toEqual({ duplicate: true, accepted: 3 });
    expect(await countEvents(pools.read, nextKeyId)).toBe(3);
  });

  it("stores a delivery once that comes several times in one flush", async () => {
    nextKeyId += 1;
    const repeated = delivery(4, { keyId: nextKeyId });
    const others = Array.from({ length: 5 }, () => delivery(1, { keyId: nextKeyId }));
    const results = await Promise.all(
      [repeated, ...others, repeated, repeated].map((one) => storage.writer.write(one)),
    );
    expect(results.filter((result) => result.duplicate)).toEqual([
      { duplicate: true, accepted: 4 },
      { duplicate: true, accepted: 4 },
    ]);
    expect(await countEvents(pools.read, nextKeyId)).toBe(9);
  });

  it("stores each of many large deliveries once, whichever flush its repeats come in", async () => {
    nextKeyId += 1;
    const keyId = nextKeyId;
    const deliveries = Array.from({ length: 120 }, () => delivery(100, { keyId }));
    /** Every other one comes again while the first may be waiting, on its way, or stored. */
    const sent = deliveries.flatMap((one, index) => (index % 2 === 0 ? [one] : [one, deliveries[index >> 1] ?? one]));
    const results: WriteResult[] = [];
    const lanes = Array.from({ length: 24 }, async () => {
      for (let one = sent.shift(); one !== undefined; one = sent.shift()) results.push(await storage.writer.write(one));
    });
    await Promise.all(lanes);
    const fresh = results.filter(({ duplicate }) => !duplicate);
    expect([results.length, fresh.length]).toEqual([180, 120]);
    expect(results.every(({ accepted }) => accepted === 100)).toBe(true);
    expect(await countEvents(pools.read, keyId)).toBe(12_000);
  });

  it("takes the same delivery id of two projects for two deliveries", async () => {
    const deliveryId = randomUUID();
    nextKeyId += 1;
    const write = (projectId: number) => storage.writer.write(delivery(1, { projectId, keyId: nextKeyId, deliveryId }));
    expect(await Promise.all([write(1), write(2)])).toEqual([
      { duplicate: false, accepted: 1 },
      { duplicate: false, accepted: 1 },
    ]);
  });

  it("lets a poisoned row fail neither its neighbours nor the rest of its delivery", async () => {
    nextKeyId += 1;
    const before = quarantined;
    // What validation would never let through: out of range of the column, and of a day that has no partition.
    const poisoned = delivery(0, {
      keyId: nextKeyId,
      events: [
        event(),
        event({ durationMs: 3_000_000_000 }),
        event(),
        event({ timestamp: Date.now() - 5 * 86_400_000 }),
      ],
    });
    const good = Array.from({ length: 6 }, () => delivery(2, { keyId: nextKeyId }));
    const results = await Promise.all(
      [good[0], poisoned, ...good.slice(1)].map((one) => storage.writer.write(one ?? poisoned)),
    );
    expect(results.every((result) => !result.duplicate)).toBe(true);
    expect(results.map(({ accepted }) => accepted)).toEqual([2, 2, 2, 2, 2, 2, 2]);
    expect(await countEvents(pools.read, nextKeyId)).toBe(14);
    expect(quarantined - before).toBe(2);
    expect(await storage.writer.write(poisoned)).toEqual({ duplicate: true, accepted: 2 });
  });

  it("refuses a delivery with an event that has no time at all, and none of its neighbours", async () => {
    nextKeyId += 1;
    const timeless = delivery(0, { keyId: nextKeyId, events: [event(), event({ timestamp: Number.NaN })] });
    const good = Array.from({ length: 2 }, () => delivery(2, { keyId: nextKeyId }));
    const results = await Promise.allSettled(
      [good[0], timeless, good[1]].map((one) => storage.writer.write(one ?? timeless)),
    );
    expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
    expect(await countEvents(pools.read, nextKeyId)).toBe(4);
    expect(storage.writer.depth).toBe(0);
  });

  it("shows the guide's columns, with names as they were sent", async () => {
    const { apiKeyId, keyId } = await addKey();
    const timestamp = Date.now();
    const events: Event[] = [
      event({ tool: "NULL", timestamp }),
      { tool: "get_alerts", success: false, timestamp, errorType: "TIMEOUT" },
      { tool: "get_alerts", success: false, timestamp, durationMs: 12 },
    ];
    await storage.writer.write(delivery(0, { keyId, events }));
    const rows = await pools.read.run(
      ({ sql }) => sql`
        SELECT tool_name, success, error_type, (extract(epoch FROM "timestamp") * 1000)::float8 AS at
        FROM analytics_events WHERE api_key_id = ${apiKeyId} ORDER BY tool_name, error_type`,
    );
    expect(rows.map((row) => ({ ...row }))).toEqual(
      [
        { tool_name: "get_alerts", success: false, error_type: "TIMEOUT", at: timestamp },
        { tool_name: "get_alerts", success: false, error_type: null, at: timestamp },
        { tool_name: "NULL", success: true, error_type: null, at: timestamp },
      ].sort((a, b) => (a.tool_name < b.tool_name ? -1 : 0)),
    );
  });

  it("makes a missing partition when an event needs it", async () => {
    nextKeyId += 1;
    const today = new Date().toISOString().slice(0, 10).replaceAll("-", "");
    await pools.upkeep.run(({ sql }) => sql.unsafe(`DROP TABLE events_raw_${today}`));
    expect(await storage.writer.write(delivery(2, { keyId: nextKeyId }))).toEqual({ duplicate: false, accepted: 2 });
    expect(await countEvents(pools.read, nextKeyId)).toBe(2);
  });

  async function addKey(): Promise<{ apiKeyId: string; keyId: number }> {
    const apiKeyId = randomUUID();
    await storage.apiKeyStore.add({
      projectId: 1,
      apiKeyId,
      keyHash: randomUUID().replaceAll("-", "").padEnd(64, "0"),
      keyPrefix: "wmc_0000",
      lastFour: "0000",
      name: "test",
      tier: "free",
      requireSignature: false,
    });
    const [row] = await pools.read.run(
      ({ sql }) => sql<{ key_id: number }[]>`SELECT key_id FROM api_keys WHERE project_id = 1 AND id = ${apiKeyId}`,
    );
    return { apiKeyId, keyId: row?.key_id ?? 0 };
  }
});
