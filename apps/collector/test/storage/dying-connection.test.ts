import { randomUUID } from "node:crypto";
import { type FaultProxy, startFaultProxy } from "@org/services";
import postgres, { type Sql } from "postgres";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createDeliveryStore } from "../../src/storage/delivery-store.ts";
import { StorageUnavailableError } from "../../src/storage/errors.ts";
import { packEvent } from "../../src/storage/flush-item.ts";
import { Flusher } from "../../src/storage/flusher.ts";
import { createPartitions } from "../../src/storage/partitions.ts";
import { openPools, type Pools } from "../../src/storage/pools.ts";
import { createStorageHealth, type StorageHealth } from "../../src/storage/storage-health.ts";
import { countEvents } from "./deliveries.ts";
import { eventually, untilRows } from "./support/eventually.ts";
import { openPostgres, type TestDatabase } from "./targets.ts";

/** An error that a library throws outside every handler fails the run of this file. */
describe("a connection that dies while it is used", () => {
  let database: TestDatabase;
  let proxy: FaultProxy;
  let pools: Pools;
  /** Bypasses the proxy. */
  let direct: Sql;
  let flusher: Flusher;
  let health: StorageHealth;

  beforeAll(async () => {
    database = await openPostgres();
    const { url } = database.address as { url: string };
    direct = postgres(url, { max: 3, onnotice: () => {} });
    proxy = await startFaultProxy(url);
    pools = openPools({ url: proxy.url });
    const partitions = createPartitions(pools.upkeep);
    await partitions.ensure(Date.now());
    flusher = new Flusher({ pool: pools.flush, partitions, now: Date.now });
    // `failing` makes every probe try to write events.
    const events = { failing: true, recovered: () => {} };
    health = createStorageHealth({ pool: pools.lookup, events, partitions, now: Date.now });
  });
  afterAll(async () => {
    await pools?.close(1_000);
    await direct?.end();
    await proxy?.close();
    await database?.drop();
  });

  const refused = { projectId: 1, keyId: 7, deliveryId: null, eventCount: 1, packed: packEvent(0, 1, 0) };
  const works = {
    "the trial of the probe": () => health.probe(),
    "the prune of deliveries": () => createDeliveryStore(pools.upkeep).prune(Date.now() - 3_600_000),
    "the dry run of a refused event": () =>
      flusher.flush([{ ...refused, receivedAt: Date.now(), durations: "3000000000" }]),
  };
  const unavailable = (error: unknown) => expect(error).toBeInstanceOf(StorageUnavailableError);
  async function worksAgain(work: () => Promise<unknown>): Promise<void> {
    const startMs = performance.now();
    await eventually(work);
    expect(performance.now() - startMs).toBeLessThan(1_500);
  }
  async function terminateWaiter(): Promise<void> {
    await untilRows(
      () => direct`
        SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND application_name LIKE 'collector %' AND wait_event_type = 'Lock'`,
    );
  }

  test("a trial of the probe whose backend is terminated rejects and works again", async () => {
    await direct.begin(async (transaction) => {
      await transaction.unsafe("LOCK TABLE events_raw IN ACCESS EXCLUSIVE MODE");
      const probe = health.probe();
      await Promise.all([expect(probe).rejects.toBeInstanceOf(StorageUnavailableError), terminateWaiter()]);
    });
    await worksAgain(works["the trial of the probe"]);
    expect(await countEvents(pools.read)).toBe(0);
  });

  test("a prune whose backend is terminated rejects and works again", async () => {
    await direct`INSERT INTO deliveries VALUES (1, ${randomUUID()}, 1, now() - interval '2 hours')`;
    await direct.begin(async (transaction) => {
      await transaction`SELECT FROM deliveries FOR UPDATE`;
      const prune = works["the prune of deliveries"]();
      await Promise.all([expect(prune).rejects.toBeInstanceOf(StorageUnavailableError), terminateWaiter()]);
    });
    await worksAgain(works["the prune of deliveries"]);
    expect(await direct`SELECT FROM deliveries`).toHaveLength(0);
  });

  test.each(Object.entries(works))(
    "%s rejects wherever its connection is cut, and works again",
    async (_name, work) => {
      for (let bytes = 0; bytes < 2_400; bytes += 60) {
        proxy.cutAfterBytes(bytes);
        await work().catch(unavailable);
        await proxy.restore();
        await worksAgain(work);
      }
      expect(await countEvents(pools.read)).toBe(0);
    },
  );
});
