import { TIERS } from "@org/mcp-analytics-schema/constants";
import { describe, expect, test } from "vitest";
import { createPacing, FREE_BUCKET, GATHER_MS } from "../../src/delivery/pacing.ts";

const HOUR_MS = 3_600_000;
const NOTHING = { remaining: undefined, bucket: false as const, retryAt: 0 };

test("the bucket of a free key is the schema's", () => {
  const { burstRequests, requestsPerHour } = TIERS.free;
  expect(FREE_BUCKET.capacity).toBe(burstRequests);
  expect(HOUR_MS / FREE_BUCKET.refillMs).toBe(requestsPerHour - burstRequests);
});

test("while the bucket is full, an event waits a second for company", () => {
  expect(createPacing(0).waitMs(5_000, 1, 5_000)).toBe(GATHER_MS);
});

test("a full batch waits for nothing", () => {
  expect(createPacing(0).waitMs(5_000, 100, 5_000)).toBeLessThanOrEqual(0);
});

test("the emptier the bucket, the longer the spacing, up to the time of a token", () => {
  const pacing = createPacing(0);
  const waits: number[] = [];
  for (let i = 0; i < 9; i++) {
    pacing.spend(1_000);
    waits.push(pacing.waitMs(1_000, 1, 1_000));
  }
  expect([...waits].sort((a, b) => a - b)).toEqual(waits);
  expect(waits[0]).toBe(GATHER_MS);
  expect(waits.at(-1)).toBe(FREE_BUCKET.refillMs);
});

test("one token is kept for the last flush", () => {
  const pacing = createPacing(0);
  for (let i = 0; i < 9; i++) pacing.spend(0);
  expect(pacing.waitMs(0, 100, 0)).toBeGreaterThan(0);
  expect(pacing.flushWaitMs(0)).toBeLessThanOrEqual(0);
  pacing.spend(0);
  expect(pacing.flushWaitMs(0)).toBe(FREE_BUCKET.refillMs);
});

test.each([
  ["a call every 100 ms", 100],
  ["a call every second", 1_000],
  ["a call every 30 s", 30_000],
])("%s for three hours: never over a rolling hour's limit, no event held over 45 s", (_name, everyMs) => {
  const pacing = createPacing(0);
  const sentAt: number[] = [];
  let waiting: number[] = [];
  let longest = 0;
  for (let now = 0; now < 3 * HOUR_MS; now += 100) {
    if (now % everyMs === 0) waiting.push(now);
    const oldest = waiting[0];
    if (oldest === undefined || pacing.waitMs(now, waiting.length, oldest) > 0) continue;
    pacing.spend(now);
    sentAt.push(now);
    longest = Math.max(longest, now - oldest);
    waiting = waiting.slice(100);
  }
  for (const end of sentAt) {
    const inHour = sentAt.filter((at) => at > end - HOUR_MS && at <= end).length;
    expect(inHour).toBeLessThanOrEqual(TIERS.free.requestsPerHour);
  }
  if (everyMs >= 1_000) expect(longest).toBeLessThanOrEqual(45_000);
});

describe("what the collector says counts", () => {
  test("fewer requests left than counted here", () => {
    const pacing = createPacing(0);
    pacing.learn({ ...NOTHING, remaining: 1 }, 0);
    expect(pacing.waitMs(0, 100, 0)).toBe(FREE_BUCKET.refillMs);
  });

  test("more requests left than counted here, up to the capacity", () => {
    const pacing = createPacing(0);
    for (let i = 0; i < 10; i++) pacing.spend(0);
    pacing.learn({ ...NOTHING, remaining: 990 }, 0);
    expect(pacing.waitMs(0, 100, 0)).toBeLessThanOrEqual(0);
    for (let i = 0; i < 9; i++) pacing.spend(0);
    expect(pacing.waitMs(0, 100, 0)).toBeGreaterThan(0);
  });

  test("another bucket", () => {
    const pacing = createPacing(0);
    pacing.learn({ remaining: 50, bucket: { capacity: 50, refillMs: 1_800 }, retryAt: 0 }, 0);
    for (let i = 0; i < 49; i++) pacing.spend(0);
    expect(pacing.waitMs(0, 100, 0)).toBe(1_800);
  });

  test("nothing before a given time", () => {
    const pacing = createPacing(0);
    pacing.learn({ ...NOTHING, retryAt: 90_000 }, 0);
    expect(pacing.waitMs(0, 100, 0)).toBe(90_000);
    expect(pacing.flushWaitMs(0)).toBe(90_000);
    expect(pacing.waitMs(90_000, 100, 0)).toBeLessThanOrEqual(0);
  });
});

test("a clock that is set back by a day stops nothing for longer than a token takes", () => {
  const pacing = createPacing(100 * HOUR_MS);
  pacing.spend(100 * HOUR_MS);
  expect(pacing.waitMs(76 * HOUR_MS, 1, 100 * HOUR_MS)).toBeLessThanOrEqual(24 * HOUR_MS + GATHER_MS);
  expect(pacing.waitMs(76 * HOUR_MS, 1, 76 * HOUR_MS)).toBeLessThanOrEqual(FREE_BUCKET.refillMs);
});
