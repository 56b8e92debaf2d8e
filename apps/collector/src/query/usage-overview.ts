import { OTHER_NAME, UNKNOWN_TOOL_NAME } from "@org/mcp-analytics-schema";
import type { OutcomeCount, SlotCount, UsageStore } from "../storage/usage-store.ts";
import type { ErrorUsage, Slot, ToolUsage, Totals, UsageOverview } from "./usage-schema.ts";
import {
  defaultInterval,
  type Interval,
  keptFromMs,
  keptRanges,
  offersInterval,
  type RangeName,
  usageWindow,
} from "./usage-window.ts";

export interface UsageQuestion {
  readonly projectId: number;
  /** days that events are kept */
  readonly rawRetentionDays: number;
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

/** Names that stand for no tool, or for several. */
const RESERVED_NAMES: ReadonlySet<string> = new Set([OTHER_NAME, UNKNOWN_TOOL_NAME]);

function totalsOf(outcomes: readonly OutcomeCount[]): Totals {
  const totals = { succeeded: 0, failed: 0, tools: 0 };
  for (const { outcome, calls } of outcomes) totals[outcome] += calls;
  totals.tools = new Set(outcomes.map(({ tool }) => tool).filter((tool) => !RESERVED_NAMES.has(tool))).size;
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

function comparisonOf(outcomes: readonly OutcomeCount[]): NonNullable<UsageOverview["comparison"]> {
  return {
    current: totalsOf(outcomes.filter(({ span }) => span === "finished")),
    previous: totalsOf(outcomes.filter(({ span }) => span === "previous")),
  };
}

/**
 * Everything that the first screen shows, from one statement on the store. What retention has dropped is no zero: a range
 * that reaches behind it is answered by the longest that does not, and a period of which days are gone is not compared with.
 */
export async function readUsageOverview(store: UsageStore, question: UsageQuestion): Promise<UsageOverview> {
  const { timeZone, nowMs, rawRetentionDays } = question;
  const fromMs = keptFromMs(nowMs, rawRetentionDays);
  const ranges = keptRanges(timeZone, nowMs, fromMs);
  const range = ranges.includes(question.range) ? question.range : (ranges.at(-1) ?? ranges[0]);
  const interval = offersInterval(range, question.interval) ? question.interval : defaultInterval(range);
  const window = usageWindow(range, interval, timeZone, nowMs);
  const isComparable = (window.previousEdgesMs[0] as number) >= fromMs;
  const counts = await store.countCalls(question.projectId, window);
  const current = counts.outcomes.filter(({ span }) => span !== "previous");
  return {
    range,
    ranges: [...ranges],
    interval,
    timeZone,
    now: nowMs,
    rawRetentionDays,
    everUsed: counts.everUsed,
    totals: totalsOf(current),
    comparison: isComparable ? comparisonOf(counts.outcomes) : null,
    series: fillSlots(window.currentEdgesMs, counts.currentSlots),
    previousSeries: isComparable ? fillSlots(window.previousEdgesMs, counts.previousSlots) : [],
    tools: toolsOf(current),
    errors: errorsOf(current),
  };
}
