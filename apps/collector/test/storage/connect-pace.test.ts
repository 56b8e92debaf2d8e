import { afterEach, describe, expect, test } from "vitest";
import { StorageUnavailableError } from "../../src/storage/errors.ts";
import { Pool } from "../../src/storage/pool.ts";
import { openStorage } from "../../src/storage/storage.ts";
import { type ClosesAfter, type ClosingServer, startClosingServer } from "./support/closing-server.ts";

const LIMITS = { statementTimeoutMs: 5_000, lockTimeoutMs: 500, deadlineMs: 2_000 };
const LASTS_MS = 2_500;
/** The first connect and one each quarter of a second. */
const MAX_CONNECTS = 1 + Math.ceil(LASTS_MS / 250);

describe.each<ClosesAfter>(["connect", "startup", "sign-in"])("a server that closes after %s", (after) => {
  let server: ClosingServer;

  afterEach(() => server.close());

  test("gets at most four connects a second from a pool, however much work waits", async () => {
    server = await startClosingServer(after);
    const pool = new Pool({ url: server.url }, { name: "test", maxConnections: 3, ...LIMITS });
    const endMs = performance.now() + LASTS_MS;
    let slowestMs = 0;
    const worker = async () => {
      while (performance.now() < endMs) {
        const startMs = performance.now();
        await expect(pool.run(({ sql }) => sql`SELECT 1`)).rejects.toBeInstanceOf(StorageUnavailableError);
        slowestMs = Math.max(slowestMs, performance.now() - startMs);
      }
    };
    await Promise.all(Array.from({ length: 20 }, worker));
    await pool.close();
    expect(server.connects).toBeGreaterThan(LASTS_MS / 500);
    expect(server.connects).toBeLessThanOrEqual(MAX_CONNECTS);
    // Work fails with the next connect and does not wait for its own deadline.
    expect(slowestMs).toBeLessThan(1_000);
  });

  test("gets no more than that from the preparation of tables", async () => {
    server = await startClosingServer(after);
    const options = { rawRetentionDays: 30, now: Date.now, onError: () => {}, onQuarantined: () => {} };
    const storage = openStorage({ url: server.url }, options);
    const tries = LASTS_MS / 250;
    expect(await storage.start()).toBe(false);
    // The pace is counted over this time: nothing signals that no connect follows.
    await new Promise((resolve) => setTimeout(resolve, LASTS_MS));
    await storage.close(0);
    expect(server.connects).toBeGreaterThan(1);
    expect(server.connects).toBeLessThanOrEqual(tries);
  });
});
