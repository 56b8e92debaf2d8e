import { type FaultProxy, startFaultProxy } from "@org/services";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { StorageUnavailableError } from "../../src/storage/errors.ts";
import { Pool } from "../../src/storage/pool.ts";
import { eventually } from "./support/eventually.ts";
import { openPostgres, type TestDatabase } from "./targets.ts";

const LIMITS = { statementTimeoutMs: 5_000, lockTimeoutMs: 500 };
const CONNECTIONS = 2;
const ROUNDS = 100;
const DEADLINE_MS = 50;
const CLOSE_MS = 500;

/** postgres.js alone waits for ever on a half-open connection, and its `end()` with it (porsager/postgres#1186, #1130). */
describe("a pool whose connections are half open", () => {
  let database: TestDatabase;
  let proxy: FaultProxy;

  beforeAll(async () => {
    database = await openPostgres();
    proxy = await startFaultProxy((database.address as { url: string }).url);
  });
  afterAll(async () => {
    await proxy?.close();
    await database?.drop();
  });

  const openPool = () =>
    new Pool({ url: proxy.url }, { name: "test", maxConnections: CONNECTIONS, deadlineMs: 2_000, ...LIMITS });
  const ask = (pool: Pool, deadlineMs?: number) => pool.run(({ sql }) => sql`SELECT 1 AS one`, deadlineMs);
  const askAll = (pool: Pool, deadlineMs?: number) =>
    Promise.all(Array.from({ length: CONNECTIONS }, () => ask(pool, deadlineMs)));

  /** Every connection works again soon; work that waits for a connect which fails is rejected with it. */
  async function worksAgain(pool: Pool): Promise<void> {
    const startMs = performance.now();
    await eventually(() => askAll(pool));
    expect(performance.now() - startMs).toBeLessThan(1_500);
  }

  test("settles every statement by its deadline and leaks no slot in 100 rounds", { timeout: 120_000 }, async () => {
    const pool = openPool();
    for (let round = 0; round < ROUNDS; round += 1) {
      await worksAgain(pool);
      proxy.hang();
      const startMs = performance.now();
      const work = Array.from({ length: 2 * CONNECTIONS }, () => ask(pool, DEADLINE_MS));
      for (const result of await Promise.allSettled(work)) {
        expect(result).toMatchObject({ status: "rejected", reason: expect.any(StorageUnavailableError) });
      }
      expect(performance.now() - startMs).toBeLessThan(DEADLINE_MS + 1_000);
      await proxy.restore();
    }
    await worksAgain(pool);
    await pool.close(CLOSE_MS);
  });

  test("closes by its deadline while a statement hangs, and the statement settles", async () => {
    const pool = openPool();
    await askAll(pool);
    proxy.hang();
    const hanging = expect(ask(pool)).rejects.toBeInstanceOf(StorageUnavailableError);
    const startMs = performance.now();
    await pool.close(CLOSE_MS);
    expect(performance.now() - startMs).toBeLessThan(CLOSE_MS + 1_000);
    await hanging;
    await proxy.restore();
  });
});
