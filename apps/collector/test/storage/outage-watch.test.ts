import { setTimeout } from "node:timers/promises";
import { type FaultProxy, startFaultProxy } from "@org/services";
import { afterAll, beforeAll, expect, test } from "vitest";
import { logReports } from "../../src/storage/log-reports.ts";
import { openStorage, type Storage } from "../../src/storage/storage.ts";
import { delivery } from "./deliveries.ts";
import { eventually } from "./support/eventually.ts";
import { openPostgres, type TestDatabase } from "./targets.ts";

let database: TestDatabase;
let proxy: FaultProxy;
let storage: Storage;
let refused = 0;
const lines: [level: string, fields: Record<string, unknown>, message: string][] = [];
let notice = () => {};

beforeAll(async () => {
  database = await openPostgres();
  proxy = await startFaultProxy((database.address as { url: string }).url);
  const write = (level: string) => (fields: object, message: string) => {
    lines.push([level, { ...fields }, message]);
    notice();
  };
  storage = openStorage(
    { url: proxy.url },
    {
      rawRetentionDays: 30,
      now: Date.now,
      onError: () => {},
      onQuarantined: () => {},
      reports: logReports({ info: write("info"), warn: write("warn") }, () => refused),
    },
  );
  await storage.start();
});
afterAll(async () => {
  await storage?.close(1_000);
  await proxy?.close();
  await database?.drop();
});

test("an outage under load is one warning at its start and one line at its end with duration and refusals", async () => {
  const write = () =>
    storage.writer.write(delivery(1)).catch((error) => {
      refused += 1;
      throw error;
    });
  await write();
  expect(lines).toEqual([]);
  const cutAtMs = performance.now();
  await proxy.cut();
  for (let attempt = 0; attempt < 10; attempt += 1) {
    await expect(write()).rejects.toThrow("storage unavailable");
    await storage.keyStore.findByHash("0".repeat(64)).catch(() => {});
    await storage.storageHealth.probe().catch(() => {});
    await setTimeout(10);
  }
  const returned = new Promise<void>((resolve) => {
    notice = () => lines.length > 1 && resolve();
  });
  await proxy.restore();
  await eventually(write);
  await eventually(() => storage.storageHealth.probe());
  const outMs = performance.now() - cutAtMs;
  await returned;
  expect(lines.map(([level]) => level)).toEqual(["warn", "info"]);
  expect(lines[0]?.[1]).toEqual({ code: expect.stringMatching(/^(ECONN|CONNECTION_)/) });
  const [, fields] = lines[1] as (typeof lines)[number];
  expect(fields.refusedRequests).toBe(refused);
  expect(fields.seconds).toBeLessThanOrEqual(outMs / 1_000 + 0.1);
  expect(fields.seconds).toBeGreaterThan(0.1);
});
