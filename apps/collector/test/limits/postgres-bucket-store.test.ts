import { startFaultProxy } from "@org/services";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import type { BucketStore } from "../../src/limits/bucket-store.ts";
import { createBucketStore } from "../../src/limits/create-bucket-store.ts";
import { openPools, type Pools } from "../../src/storage/pools.ts";
import { freshKey } from "./bucket-store-contract.ts";
import { createPostgresStores, type PostgresStores } from "./postgres-stores.ts";

const HOUR_MS = 3_600_000;

describe("buckets in PostgreSQL", () => {
  let stores: PostgresStores;
  let pools: Pools;
  beforeAll(async () => {
    stores = await createPostgresStores();
    pools = openPools({ url: stores.url });
  });
  afterAll(async () => {
    await pools.close(1_000);
    await stores.drop();
  });

  const query = <Row extends object>(text: string) =>
    pools.read.run(async ({ sql }) => (await sql.unsafe<Row[]>(text)).map((row) => ({ ...row }) as Row));
  const countRows = async () => (await query<{ count: number }>("SELECT count(*)::int FROM limit_buckets"))[0]?.count;

  /** A store that asks for the time once with each statement. */
  function openCounting() {
    let statements = 0;
    const store = stores.open(() => {
      statements++;
      return Date.UTC(2026, 10, 22, 12);
    });
    onTestFinished(() => store.close());
    return { store, statements: () => statements };
  }

  test("all that is asked for in one turn of the event loop goes out in one statement", async () => {
    const { store, statements } = openCounting();
    const taken = await Promise.all(Array.from({ length: 300 }, () => store.take(freshKey().request)));
    expect(taken.every(({ allowed }) => allowed)).toBe(true);
    expect(statements()).toBe(1);
  });

  test("what is asked for while a statement runs waits for the next, which takes all of it", async () => {
    const { store, statements } = openCounting();
    const asked: Promise<unknown>[] = [];
    for (let turn = 0; turn < 20; turn++) {
      asked.push(store.take(freshKey().request));
      await new Promise((next) => setImmediate(next));
    }
    await Promise.all(asked);
    expect(statements()).toBeLessThanOrEqual(20);
    const alone = statements();
    await Promise.all(Array.from({ length: 20 }, () => store.take(freshKey().request)));
    expect(statements() - alone).toBe(1);
  });

  test("two replicas share what a key may take", async () => {
    const [one, other] = [stores.open(), stores.open()];
    const { request } = freshKey();
    const both = Array.from({ length: 400 }, (_unused, i) => (i % 2 === 0 ? one : other).take(request));
    expect((await Promise.all(both)).filter(({ allowed }) => allowed)).toHaveLength(10);
    await Promise.all([one.close(), other.close()]);
  });

  test("replicas that ask for the same keys in opposite orders never wait for each other", async () => {
    const replicas = [stores.open(), stores.open(), stores.open()];
    const charges = Array.from({ length: 60 }, () => freshKey(null, "pro").request);
    const orders = [charges, charges.toReversed(), charges.toSorted(() => Math.random() - 0.5)];
    for (let round = 0; round < 15; round++) {
      const taken = replicas.flatMap((store, i) => (orders[i] ?? []).map((charge) => store.take(charge)));
      expect((await Promise.all(taken)).every(({ allowed }) => allowed)).toBe(true);
    }
    await Promise.all(replicas.map((store) => store.close()));
    const [row] = await query<{ deadlocks: number }>(
      "SELECT deadlocks::int FROM pg_stat_database WHERE datname = current_database()",
    );
    expect(row).toEqual({ deadlocks: 0 });
  });

  test("a refused take leaves what has been used as it was", async () => {
    const { store } = openCounting();
    const { request } = freshKey();
    const read = () =>
      query<{ state: string }>(
        `SELECT outcome[1:6]::text AS state FROM limit_buckets WHERE partition = '${request.partition}'`,
      );
    for (let i = 0; i < 10; i++) await store.take(request);
    const before = await read();
    expect((await store.take(request)).allowed).toBe(false);
    expect(await read()).toEqual(before);
  });

  test("a crash may empty the table, and writing to it waits for no disk", async () => {
    expect(await query("SELECT relpersistence FROM pg_class WHERE relname = 'limit_buckets'")).toEqual([
      { relpersistence: "u" },
    ]);
  });

  test("rows of projects lead with the project; nothing in them names an address", async () => {
    const store = stores.open();
    const bucket = { name: "address", capacity: 5, refillPerMs: 1 / HOUR_MS };
    await store.take({ partition: `i:${"0af9".repeat(8)}`, terms: { buckets: [bucket], windows: [], cost: 1 } });
    await store.close();
    const rows = await query<{ project_id: number; partition: string }>(
      "SELECT project_id, partition FROM limit_buckets",
    );
    for (const { project_id, partition } of rows) {
      expect(partition).toMatch(/^(?:i:[0-9a-f]{32}|k:\d+\.\d+)$/);
      expect(project_id).toBe(partition.startsWith("k:") ? Number(partition.slice(2).split(".")[0]) : 0);
    }
  });

  test("what is full again and of a day gone by is deleted, and nothing else; a row in use is not waited for", async () => {
    await query("TRUNCATE limit_buckets");
    let nowMs = Date.UTC(2026, 10, 22, 12);
    const store = stores.open(() => nowMs);
    const [old, held, fresh] = [freshKey().request, freshKey().request, freshKey().request];
    await Promise.all([old, held].map((charge) => store.take(charge)));
    nowMs += 20 * HOUR_MS;
    await store.take(fresh);
    await pools.upkeep.run(({ sql }) =>
      sql.begin(async (transaction) => {
        await transaction`SELECT FROM limit_buckets WHERE partition = ${held.partition} FOR UPDATE`;
        await store.prune();
      }),
    );
    const left = await query<{ partition: string }>("SELECT partition FROM limit_buckets");
    expect(left.map(({ partition }) => partition).sort()).toEqual([held.partition, fresh.partition].sort());
    await store.prune();
    expect(await countRows()).toBe(1);
    await store.close();
  });

  describe("when the database is out", () => {
    const takeAll = async (store: BucketStore, count: number) => {
      const { request } = freshKey();
      const taken = await Promise.all(Array.from({ length: count }, () => store.take(request)));
      return taken.filter(({ allowed }) => allowed).length;
    };

    test("limits hold in the process, and are shared again after", async () => {
      const proxy = await startFaultProxy(stores.url);
      onTestFinished(() => proxy.close());
      const outages: boolean[] = [];
      const store = createBucketStore({
        databaseUrl: proxy.url,
        now: Date.now,
        onOutage: (out) => outages.push(out),
      });
      onTestFinished(() => store.close());
      const untilShared = () =>
        expect
          .poll(
            async () => {
              const before = (await countRows()) ?? 0;
              await store.take(freshKey().request);
              return outages.at(-1) !== true && ((await countRows()) ?? 0) > before;
            },
            { timeout: 10_000, interval: 100 },
          )
          .toBe(true);
      await untilShared();
      for (const hurt of [() => proxy.cut(), async () => proxy.hang()]) {
        await hurt();
        await expect
          .poll(async () => (await takeAll(store, 1)) === 1 && outages.at(-1), { timeout: 10_000, interval: 10 })
          .toBe(true);
        expect(await takeAll(store, 400)).toBe(10);
        await proxy.restore();
        await untilShared();
      }
    });

    test("a database without its tables yet is no reason to refuse anybody", async () => {
      const url = new URL(stores.url);
      url.pathname = "/postgres";
      const store = createBucketStore({ databaseUrl: url.href, now: Date.now, onOutage: () => {} });
      expect(await takeAll(store, 30)).toBe(10);
      await store.close();
    });
  });
});
