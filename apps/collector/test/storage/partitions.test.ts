import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createPartitions } from "../../src/storage/partitions.ts";
import { openPools, type Pools } from "../../src/storage/pools.ts";
import { TARGETS, type TestDatabase } from "./targets.ts";

const DAY_MS = 86_400_000;
/** The last minute of a leap day. */
const NOW_MS = Date.UTC(2028, 1, 29, 23, 59, 30);

describe.each(TARGETS)("partitions in $name", ({ open }) => {
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

  const names = async () => {
    const rows = await pools.read.run(
      ({ sql }) => sql<{ name: string }[]>`
        SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = 'events_raw'::regclass ORDER BY 1`,
    );
    return rows.map(({ name }) => name.replace("events_raw_", ""));
  };

  it("are made from yesterday to three days ahead, also by four replicas at once", async () => {
    const others = [1, 2, 3].map(() => openPools(database.address));
    await Promise.all([pools, ...others].map(({ upkeep }) => createPartitions(upkeep).ensure(NOW_MS)));
    for (const other of others) await other.close(1_000);
    expect(await names()).toEqual(["20280228", "20280229", "20280301", "20280302", "20280303"]);
  });

  it("are finished when a crash left one unattached", async () => {
    await pools.upkeep.run(({ sql }) => sql.unsafe("ALTER TABLE events_raw DETACH PARTITION events_raw_20280301"));
    await createPartitions(pools.upkeep).ensure(NOW_MS);
    expect(await names()).toContain("20280301");
  });

  it("take an event at either edge of their day", async () => {
    for (const at of ["2028-02-29 23:59:59.999+00", "2028-03-01 00:00:00+00"]) {
      await pools.upkeep.run(({ sql }) =>
        sql.unsafe(`INSERT INTO events_raw VALUES (1, 1, '${at}', now(), NULL, 1, 0)`),
      );
    }
    const rows = await pools.read.run(
      ({ sql }) => sql`SELECT tableoid::regclass::text AS name FROM events_raw ORDER BY occurred_at`,
    );
    expect(rows.map(({ name }) => name)).toEqual(["events_raw_20280229", "events_raw_20280301"]);
  });

  it("are indexed when their day is over and its last events are stored, also by four replicas at once", async () => {
    const indexed = async () => {
      const rows = await pools.read.run(
        ({ sql }) => sql<{ name: string }[]>`
          SELECT tablename AS name FROM pg_indexes WHERE tablename LIKE 'events_raw_%' AND indexdef LIKE '%USING brin (occurred_at)%'
          ORDER BY 1`,
      );
      return rows.map(({ name }) => name.replace("events_raw_", ""));
    };
    const midnightMs = Date.UTC(2028, 2, 1);
    await createPartitions(pools.upkeep).indexPast(midnightMs + 299_999);
    expect(await indexed()).toEqual(["20280228"]);
    const others = [1, 2, 3].map(() => openPools(database.address));
    await Promise.all([pools, ...others].map(({ upkeep }) => createPartitions(upkeep).indexPast(midnightMs + 300_000)));
    for (const other of others) await other.close(1_000);
    expect(await indexed()).toEqual(["20280228", "20280229"]);
    // As a migration leaves them.
    await pools.upkeep.run(({ sql }) => sql.unsafe("DROP INDEX events_raw_20280228_occurred_at"));
    await createPartitions(pools.upkeep).indexPast(midnightMs + 300_000);
    expect(await indexed()).toEqual(["20280228", "20280229"]);
  });

  it("are dropped when their whole day is past retention, and not a day earlier", async () => {
    const partitions = createPartitions(pools.upkeep);
    await partitions.ensure(NOW_MS - 30 * DAY_MS);
    expect(await partitions.dropBefore(NOW_MS - 30 * DAY_MS)).toEqual(["events_raw_20280129"]);
    expect((await names())[0]).toBe("20280130");
  });
});
