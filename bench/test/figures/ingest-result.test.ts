import { expect, test } from "vitest";
import { ingestResult, ingestText } from "../../src/figures/ingest-result.ts";
import type { Measurement } from "../../src/rounds/measure.ts";
import type { Round } from "../../src/rounds/measure-round.ts";

const measurement = (answersPerSecond: number, more: Partial<Measurement> = {}): Measurement => ({
  answersPerSecond,
  eventsPerSecond: answersPerSecond,
  p50Ms: 1,
  p99Ms: 4,
  serverCpuMicroseconds: 20,
  generatorCpuMicroseconds: 9,
  rssMegabytes: 100,
  othersShare: 0.05,
  ...more,
});

/** A round on a machine that is `speed` times as fast as another. */
const round = (speed: number, ours: number): Round => ({
  single: {
    bare: measurement(1_000 * speed),
    naive: measurement(40 * speed),
    ours: measurement(ours * speed, { serverCpuMicroseconds: 26 }),
  },
  singleC32: { bare: measurement(1_000 * speed), ours: measurement(500 * speed, { p99Ms: 8 }) },
  batch: { bare: measurement(100 * speed), naive: measurement(1 * speed), ours: measurement(40 * speed) },
  fleetSingle: {
    bare: measurement(1_000 * speed),
    naive: measurement(20 * speed),
    ours: measurement(500 * speed, { serverCpuMicroseconds: 40 }),
  },
  fleetBatch: { bare: measurement(800 * speed), naive: measurement(10 * speed), ours: measurement(400 * speed) },
});
const table = { heapBytesPerEvent: 100, indexBytesPerEvent: 40, bytesPerEvent: 140 };
const storage = {
  bytesPerEventVsGuide: 0.4,
  events: 1,
  guide: table,
  ours: { ...table, deliveryBytesPerEvent: 1 },
};

test("ratios are taken within a round, so a machine that slows down between rounds changes none of them", () => {
  const result = ingestResult([round(1, 800), round(0.25, 800), round(3, 800)], storage);
  expect(result).toMatchObject({
    singleVsBare: 0.8,
    singleVsNaive: 20,
    batchVsBare: 0.4,
    batchVsNaive: 40,
    fleetSingleVsBare: 0.5,
    fleetBatchVsBare: 0.5,
    fleetCpuVsBare: 2,
    bareVsNaive: 25,
    singleVsNaiveShare: 0.8,
    p99VsBareC32: 2,
    bytesPerEventVsGuide: 0.4,
    passed: true,
  });
});

test("one figure below its target fails the run", () => {
  const result = ingestResult([round(1, 499)], storage);
  expect(result.must.singleVsBare?.met).toBe(false);
  expect(result.passed).toBe(false);
});

test("the text names every figure with its spread and its verdict", () => {
  const text = ingestText(ingestResult([round(1, 500), round(1, 700), round(1, 800)], storage));
  expect(text).toContain("0.7 [0.5..0.8]");
  for (const load of ["single c128", "single c32", "batch c16", "fleetSingle c128", "fleetBatch c128"])
    expect(text).toContain(load);
});
