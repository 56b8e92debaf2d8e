import { OTHER_NAME } from "@org/mcp-analytics-schema";
import type { OutcomeCount, SlotCount, UsageCounts, UsageStore } from "../storage/usage-store.ts";
import type { ErrorUsage, Slot, ToolUsage, Totals, UsageOverview } from "./usage-schema.ts";
import { type Interval, type RangeName, usageWindow } from "./usage-window.ts";

export interface UsageQuestion {
  readonly projectId: number;
  readonly range: RangeName;
  readonly interval: Interval;
  /** canonical IANA name */
  readonly timeZone: string;
  readonly nowMs: number;
}

function fillSlots(edgesMs: readonly number[], counts: readonly SlotCount[]): Slot[] {
  const slots = edgesMs.slice(1).map((endAt, i) => ({ startAt: edgesMs[i] as number, endAt, succeeded: 0, failed: 0 }));
  for (const { slot, succeeded, failed } of counts) {
    const filled = slots[slot];
    if (filled !== undefined) Object.assign(filled, { succeeded, failed });
  }
  return slots;
}

function totalsOf(outcomes: readonly OutcomeCount[]): Totals {
  const totals = { succeeded: 0, failed: 0, tools: 0 };
  for (const { outcome, calls } of outcomes) totals[outcome] += calls;
  totals.tools = new Set(outcomes.map(({ tool }) => tool)).size;
  return totals;
}

const mostCallsFirst = (a: { name: string; calls: number }, b: { name: string; calls: number }): number =>
  b.calls - a.calls || (a.name < b.name ? -1 : 1);

function toolsOf(outcomes: readonly OutcomeCount[]): ToolUsage[] {
  const tools = new Map<string, ToolUsage>();
  for (const { tool: name, outcome, calls, lastAtMs } of outcomes) {
    const tool = tools.get(name) ?? { name, succeeded: 0, failed: 0, lastUsedAt: 0 };
    tool[outcome] += calls;
    tool.lastUsedAt = Math.max(tool.lastUsedAt, lastAtMs);
    tools.set(name, tool);
  }
  const isOther = (tool: ToolUsage) => Number(tool.name === OTHER_NAME);
  return [...tools.values()]
    .map((tool) => ({ ...tool, calls: tool.succeeded + tool.failed }))
    .sort((a, b) => isOther(a) - isOther(b) || mostCallsFirst(a, b))
    .map(({ calls: _, ...tool }) => tool);
}

function errorsOf(outcomes: readonly OutcomeCount[]): ErrorUsage[] {
  const errors = new Map<string | null, Map<string, number>>();
  for (const { tool, outcome, errorType, calls } of outcomes) {
    if (outcome === "succeeded") continue;
    const byTool = errors.get(errorType) ?? new Map<string, number>();
    byTool.set(tool, (byTool.get(tool) ?? 0) + calls);
    errors.set(errorType, byTool);
  }
  return [...errors]
    .map(([errorType, byTool]) => {
      const tools = [...byTool].map(([name, calls]) => ({ name, calls })).sort(mostCallsFirst);
      return { errorType, name: errorType ?? "", calls: tools.reduce((sum, { calls }) => sum + calls, 0), tools };
    })
    .sort(mostCallsFirst)
    .map(({ errorType, calls, tools }) => ({ errorType, calls, tools }));
}

function overviewOf(question: UsageQuestion, counts: UsageCounts): Omit<UsageOverview, "series" | "previousSeries"> {
  const finished = counts.outcomes.filter(({ span }) => span === "finished");
  const current = counts.outcomes.filter(({ span }) => span !== "previous");
  return {
    range: question.range,
    interval: question.interval,
    timeZone: question.timeZone,
    now: question.nowMs,
    everUsed: counts.everUsed,
    totals: totalsOf(current),
    comparison: {
      current: totalsOf(finished),
      previous: totalsOf(counts.outcomes.filter(({ span }) => span === "previous")),
    },
    tools: toolsOf(current),
    errors: errorsOf(current),
  };
}

/** Everything that the first screen shows, from one statement on the store. */
export async function readUsageOverview(store: UsageStore, question: UsageQuestion): Promise<UsageOverview> {
  const window = usageWindow(question.range, question.interval, question.timeZone, question.nowMs);
  const counts = await store.countCalls(question.projectId, window);
  return {
    ...overviewOf(question, counts),
    series: fillSlots(window.currentEdgesMs, counts.currentSlots),
    previousSeries: fillSlots(window.previousEdgesMs, counts.previousSlots),
  };
}
