import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { readUsageOverview, type UsageQuestion } from "../../src/query/usage-overview.ts";
import type { Slot, UsageOverview } from "../../src/query/usage-schema.ts";
import { createUsageStore, type UsageStore } from "../../src/storage/usage-store.ts";
import { sampleCalls } from "./sample-calls.ts";
import { openUsageDatabase, type StoredCall, type UsageDatabase } from "./usage-database.ts";

const NOW_MS = Date.parse("2026-03-31T14:20:00Z");
const HOUR_MS = 3_600_000;
const CALLS = sampleCalls({ endMs: NOW_MS, days: 190, perDay: 60, seed: 11 });
type Asked = Omit<UsageQuestion, "projectId" | "nowMs" | "rawRetentionDays">;
const QUESTIONS: readonly Asked[] = [
  { range: "24h", interval: "hour", timeZone: "UTC" },
  { range: "7d", interval: "hour", timeZone: "Asia/Kolkata" },
  { range: "7d", interval: "day", timeZone: "Europe/Berlin" },
  { range: "28d", interval: "day", timeZone: "America/New_York" },
  { range: "90d", interval: "day", timeZone: "Asia/Kathmandu" },
];

let database: UsageDatabase;
let store: UsageStore;

beforeAll(async () => {
  database = await openUsageDatabase(inject("databaseUrl"));
  store = createUsageStore(database.pool);
  await database.addProject(2, "another");
  await database.addProject(3, "unused");
  await database.addCalls(CALLS);
  await database.addCalls([
    { tool: "of_another", success: false, errorType: "THEIRS", atMs: NOW_MS - HOUR_MS, projectId: 2 },
  ]);
});

afterAll(() => database.close());

const ask = (question: Asked, projectId = 1, nowMs = NOW_MS, rawRetentionDays = 365) =>
  readUsageOverview(store, { ...question, projectId, nowMs, rawRetentionDays });

function sum(slots: readonly Pick<Slot, "succeeded" | "failed">[]) {
  return slots.reduce(
    (all, { succeeded, failed }) => ({ succeeded: all.succeeded + succeeded, failed: all.failed + failed }),
    { succeeded: 0, failed: 0 },
  );
}

/** The same counts by going through every call, one interval at a time. */
function countedByHand(slots: readonly Slot[], calls: readonly StoredCall[]) {
  return slots.map(({ startAt, endAt }) => {
    const inside = calls.filter(({ atMs }) => atMs >= startAt && atMs < endAt);
    const succeeded = inside.filter(({ success }) => success).length;
    return { startAt, endAt, succeeded, failed: inside.length - succeeded };
  });
}

function callsWithin(slots: readonly Slot[]): StoredCall[] {
  const from = slots[0]?.startAt ?? 0;
  const to = slots.at(-1)?.endAt ?? 0;
  return CALLS.filter(({ atMs }) => atMs >= from && atMs < to);
}

describe.each(QUESTIONS)("usage over $range by $interval in $timeZone", (question) => {
  let usage: UsageOverview;
  beforeAll(async () => {
    usage = await ask(question);
  });

  it("every interval holds the calls that fall into it, now and in the period before", () => {
    expect(usage.series).toEqual(countedByHand(usage.series, CALLS));
    expect(usage.previousSeries).toEqual(countedByHand(usage.previousSeries, CALLS));
  });

  it("series, tools and totals add up to the same", () => {
    const { succeeded, failed, tools } = usage.totals;
    expect(succeeded + failed).toBeGreaterThan(0);
    expect(sum(usage.series)).toEqual({ succeeded, failed });
    expect(sum(usage.tools)).toEqual({ succeeded, failed });
    expect(usage.tools.filter(({ name }) => !/^__\w+__$/.test(name))).toHaveLength(tools);
  });

  it("errors add up to the failed calls, and each to the tools it happened in", () => {
    expect(usage.errors.reduce((all, { calls }) => all + calls, 0)).toBe(usage.totals.failed);
    for (const { calls, tools } of usage.errors) expect(tools.reduce((all, tool) => all + tool.calls, 0)).toBe(calls);
  });

  it("the comparison leaves the unfinished interval out, on both sides", () => {
    expect(usage.comparison?.current).toMatchObject(sum(usage.series.slice(0, -1)));
    expect(usage.comparison?.previous).toMatchObject(sum(usage.previousSeries.slice(0, -1)));
  });

  it("each tool shows its own calls and when it was last used", () => {
    const within = callsWithin(usage.series);
    for (const { name, succeeded, failed, lastUsedAt } of usage.tools) {
      const own = within.filter(({ tool }) => tool === name);
      expect(own).toHaveLength(succeeded + failed);
      expect(lastUsedAt).toBe(Math.max(...own.map(({ atMs }) => atMs)));
    }
  });
});

describe("usage behind retention", () => {
  const kept = (range: UsageQuestion["range"], rawRetentionDays: number) =>
    ask(
      { range, interval: range === "24h" ? "hour" : "day", timeZone: "America/New_York" },
      1,
      NOW_MS,
      rawRetentionDays,
    );

  it("a period of which events have been dropped is not compared with", async () => {
    const usage = await kept("28d", 30);
    expect(usage).toMatchObject({ range: "28d", comparison: null, previousSeries: [], rawRetentionDays: 30 });
    expect(usage.series).toEqual(countedByHand(usage.series, CALLS));
    expect((await kept("28d", 56)).comparison).not.toBeNull();
    expect((await kept("7d", 12)).comparison).toBeNull();
    expect((await kept("24h", 1)).comparison).toBeNull();
  });

  it("no range shows days that have been dropped as days without a call", async () => {
    const usage = await kept("90d", 30);
    expect(usage).toMatchObject({ range: "28d", ranges: ["24h", "7d", "28d"] });
    expect(usage.series).toHaveLength(28);
    expect(await kept("7d", 1)).toMatchObject({ range: "24h", interval: "hour", ranges: ["24h"] });
  });
});

describe("usage", () => {
  const today = { range: "7d", interval: "day", timeZone: "UTC" } as const;

  it("a project sees nothing of another", async () => {
    expect(JSON.stringify(await ask(today))).not.toMatch(/of_another|THEIRS/);
    const other = await ask(today, 2);
    expect(other.totals).toEqual({ succeeded: 0, failed: 1, tools: 1 });
    expect(other.errors).toEqual([{ errorType: "THEIRS", calls: 1, tools: [{ name: "of_another", calls: 1 }] }]);
  });

  it("calls of tools that do not exist, or beyond the cap of names, are calls and no tools", async () => {
    const atMs = Date.parse("2027-05-05T10:00:00Z");
    const calls = ["real", "__unknown__", "__other__"].map((tool) => ({ tool, success: true, atMs, projectId: 2 }));
    await database.addCalls(calls);
    const usage = await ask(today, 2, atMs + HOUR_MS);
    expect(usage.totals).toEqual({ succeeded: 3, failed: 0, tools: 1 });
    expect(usage.tools).toHaveLength(3);
  });

  it("seven days have the same totals by day and by hour", async () => {
    const timeZone = "Australia/Lord_Howe";
    const byDay = await ask({ range: "7d", interval: "day", timeZone });
    const byHour = await ask({ range: "7d", interval: "hour", timeZone });
    expect(byHour.totals).toEqual(byDay.totals);
    expect(byHour.tools).toEqual(byDay.tools);
  });

  it("a failure without a type stands apart from every type", async () => {
    const usage = await ask({ range: "28d", interval: "day", timeZone: "UTC" });
    const untyped = callsWithin(usage.series).filter(({ success, errorType }) => !success && errorType === null);
    expect(usage.errors.find(({ errorType }) => errorType === null)?.calls).toBe(untyped.length);
  });

  it("an interval holds its first instant and not its last", async () => {
    const startMs = Date.parse("2031-05-05T00:00:00Z");
    await database.addCalls([{ tool: "edge", success: true, atMs: startMs, projectId: 2 }]);
    await database.addCalls([{ tool: "edge", success: true, atMs: startMs - 1, projectId: 2 }]);
    const { series } = await ask(today, 2, startMs + HOUR_MS);
    expect(series.slice(-2).map(({ succeeded }) => succeeded)).toEqual([1, 1]);
  });

  it("a project without an event has never been used, one whose events lie outside the range has", async () => {
    const unused = await ask(today, 3);
    expect(unused).toMatchObject({
      everUsed: false,
      totals: { succeeded: 0, failed: 0, tools: 0 },
      tools: [],
      errors: [],
    });
    expect(unused.series).toHaveLength(7);
    expect(await ask(today, 2, Date.parse("2035-01-01T00:00:00Z"))).toMatchObject({ everUsed: true, tools: [] });
  });
});
