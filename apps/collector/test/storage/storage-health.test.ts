import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createPartitions } from "../../src/storage/partitions.ts";
import { openPools, type Pools } from "../../src/storage/pools.ts";
import { openStorage, type Storage } from "../../src/storage/storage.ts";
import { countEvents, delivery } from "./deliveries.ts";
import { openPostgres, type TestDatabase } from "./targets.ts";

describe("the write probe", () => {
  let database: TestDatabase;
  let pools: Pools;
  let storage: Storage;

  beforeAll(async () => {
    database = await openPostgres();
    pools = openPools(database.address);
    await createPartitions(pools.upkeep).ensure(Date.now());
    storage = openStorage(database.address, {
      rawRetentionDays: 30,
      now: Date.now,
      onError: () => {},
      onQuarantined: () => {},
    });
  });
  afterAll(async () => {
    await storage?.close(1_000);
    await pools?.close(1_000);
    await database?.drop();
  });

  /** No event can be written meanwhile, though every other table can be. */
  const whileEventsCannotBeWritten = (work: () => Promise<void>) =>
    pools.upkeep.run(({ sql }) =>
      sql.begin(async (transaction) => {
        await transaction.unsafe("LOCK TABLE events_raw IN ACCESS EXCLUSIVE MODE");
        await work();
      }),
    );

  it("leaves the events alone as long as they are written", async () => {
    await storage.writer.write(delivery(1));
    await whileEventsCannotBeWritten(() => storage.storageHealth.probe());
  });

  it("says no after a flush failed for as long as events cannot be written, and yes once they can", async () => {
    await whileEventsCannotBeWritten(async () => {
      await expect(storage.writer.write(delivery(1))).rejects.toMatchObject({ code: "55P03" });
      await expect(storage.storageHealth.probe()).rejects.toMatchObject({ code: "55P03" });
    });
    await storage.storageHealth.probe();
    // Nobody has sent anything in between, and what was tried out is not there.
    expect(await countEvents(pools.read)).toBe(1);
    await whileEventsCannotBeWritten(() => storage.storageHealth.probe());
  });

  it("makes the partition of today where a flush failed and it is missing: nobody sends to a collector that is not ready", async () => {
    await whileEventsCannotBeWritten(async () => {
      await expect(storage.writer.write(delivery(1))).rejects.toMatchObject({ code: "55P03" });
    });
    const today = `events_raw_${new Date().toISOString().slice(0, 10).replaceAll("-", "")}`;
    await pools.upkeep.run(({ sql }) => sql.unsafe(`DROP TABLE ${today}`));
    await storage.storageHealth.probe();
    await storage.writer.write(delivery(1));
    expect(await countEvents(pools.read)).toBe(1);
  });
});
