import { createHmac, hkdfSync } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BatchSchema } from "@org/mcp-analytics-schema";
import { Value } from "typebox/value";
import { expect, test } from "vitest";
import { makeApiKeys } from "../../src/load/api-keys.ts";
import {
  addressAt,
  FLEET_ADDRESSES,
  MEAN_EVENTS,
  MOST_EVENTS,
  writeFleetBatches,
} from "../../src/load/fleet-batches.ts";

const masterSecret = "0f".repeat(32);

test("requests of a fleet are valid, 1 to 20 events each and 5 on average, and every second one is signed", () => {
  const folder = mkdtempSync(join(tmpdir(), "mcp-analytics-bench-test-"));
  const file = join(folder, "requests");
  const keys = makeApiKeys(7);
  try {
    writeFleetBatches({ file, keys, masterSecret, first: 3, count: 200 });
    const lines = readFileSync(file, "utf8").trimEnd().split("\n");
    const sizes: number[] = [];
    const ids = new Set<string>();
    for (const [index, line] of lines.entries()) {
      const [address, key, timestamp, signature, body = ""] = line.split("\t");
      const batch = JSON.parse(body) as { batchId: string; events: unknown[] };
      expect(Value.Check(BatchSchema, batch)).toBe(true);
      expect([address, key]).toEqual([addressAt(3 + index), keys[(3 + index) % 7]?.text]);
      ids.add(batch.batchId);
      sizes.push(batch.events.length);
      const id = keys[(3 + index) % 7]?.id;
      const derived = hkdfSync("sha256", Buffer.from(masterSecret, "hex"), "", `mcp-analytics/signing/v1/${id}/1`, 32);
      const secret = `wms_${Buffer.from(derived).toString("hex")}`;
      const expected = createHmac("sha256", secret).update(`${timestamp}.${body}`).digest("hex");
      expect(signature).toBe((3 + index) % 2 === 0 ? "" : expected);
    }
    expect([Math.min(...sizes), Math.max(...sizes)]).toEqual([1, MOST_EVENTS]);
    expect(sizes.reduce((sum, size) => sum + size, 0) / sizes.length).toBe(MEAN_EVENTS);
    expect([MEAN_EVENTS, MOST_EVENTS, ids.size]).toEqual([5, 20, 200]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test("a fleet comes from 5,000 addresses", () => {
  const addresses = new Set(Array.from({ length: 12_000 }, (_, index) => addressAt(index)));
  expect(addresses.size).toBe(FLEET_ADDRESSES);
  for (const address of addresses) expect(address).toMatch(/^10\.0\.(?:1?\d)\.(?:[12]?\d?\d)$/);
});
