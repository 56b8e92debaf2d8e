import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type FlushItem, packEvent } from "../../src/storage/flush-item.ts";
import { Flusher } from "../../src/storage/flusher.ts";
import { createPartitions } from "../../src/storage/partitions.ts";
import { openPools, type Pools } from "../../src/storage/pools.ts";
import { countEvents } from "./deliveries.ts";
import { TARGETS, type TestDatabase } from "./targets.ts";

describe.each(TARGETS)("a flush to $name whose prepared statement the server has lost", ({ open }) => {
  let database: TestDatabase;
  let pools: Pools;
  let flusher: Flusher;

  beforeAll(async () => {
    database = await open();
    pools = openPools(database.address);
    const partitions = createPartitions(pools.upkeep);
    await partitions.ensure(Date.now());
    flusher = new Flusher({ pool: pools.flush, partitions, now: Date.now });
    await flusher.flush([item("1")]);
  });
  afterAll(async () => {
    await pools?.close(1_000);
    await database?.drop();
  });

  const item = (durations: string, keyId = 1): FlushItem => ({
    projectId: 1,
    keyId,
    deliveryId: null,
    receivedAt: Date.now(),
    eventCount: 1,
    packed: packEvent(0, 1, 0),
    durations,
  });
  const lose = () => pools.flush.run(({ sql }) => sql.unsafe("DEALLOCATE ALL"));

  it("is stored", async () => {
    await lose();
    expect(await flusher.flush([item("2", 2)])).toEqual([{ duplicate: false, accepted: 1, quarantined: 0 }]);
    expect(await countEvents(pools.read, 2)).toBe(1);
  });

  it("is stored without the row that is refused besides", async () => {
    await lose();
    expect(await flusher.flush([item("3000000000", 3), item("3", 3)])).toEqual([
      { duplicate: false, accepted: 0, quarantined: 1 },
      { duplicate: false, accepted: 1, quarantined: 0 },
    ]);
    expect(await countEvents(pools.read, 3)).toBe(1);
  });
});
