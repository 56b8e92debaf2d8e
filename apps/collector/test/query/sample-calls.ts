import type { StoredCall } from "./usage-database.ts";

/** The same pseudo-random numbers for the same seed (xorshift32), in [0, 1). */
export function seededRandom(seed: number): () => number {
  let state = seed | 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

interface SampleTool {
  readonly tool: string;
  readonly weight: number;
  readonly failureRate: number;
  readonly errorTypes: readonly (string | null)[];
}

const TOOLS: readonly SampleTool[] = [
  { tool: "get_forecast", weight: 46, failureRate: 0.012, errorTypes: ["TIMEOUT", "TIMEOUT", "NOT_FOUND"] },
  { tool: "get_current_conditions", weight: 21, failureRate: 0.018, errorTypes: ["TIMEOUT", "UNKNOWN"] },
  { tool: "get_alerts", weight: 13, failureRate: 0.055, errorTypes: ["TIMEOUT", "RATE_LIMIT"] },
  {
    tool: "get_historical_weather",
    weight: 9,
    failureRate: 0.12,
    errorTypes: ["MISSING_TOKEN", "INVALID_INPUT", "RATE_LIMIT"],
  },
  { tool: "search_location", weight: 7, failureRate: 0.08, errorTypes: ["NOT_FOUND", "NOT_FOUND", "INVALID_INPUT"] },
  { tool: "get_air_quality", weight: 3, failureRate: 0.02, errorTypes: [null] },
  { tool: "__unknown__", weight: 0.4, failureRate: 1, errorTypes: ["UNKNOWN_TOOL"] },
];
const ALL_WEIGHTS = TOOLS.reduce((sum, { weight }) => sum + weight, 0);

const DAY_MS = 86_400_000;

/** More by day than by night, more on weekdays, more every week. */
function likelihood(atMs: number, startMs: number, endMs: number): number {
  const at = new Date(atMs);
  const byHour = 0.12 + Math.max(0, Math.sin(((at.getUTCHours() + at.getUTCMinutes() / 60 - 5) / 17) * Math.PI)) ** 1.4;
  const byWeekday = [0, 6].includes(at.getUTCDay()) ? 0.48 : 1;
  return byHour * byWeekday * (0.45 + 0.55 * ((atMs - startMs) / (endMs - startMs)));
}

function pickTool(random: () => number): SampleTool {
  let left = random() * ALL_WEIGHTS;
  for (const tool of TOOLS) {
    left -= tool.weight;
    if (left < 0) return tool;
  }
  return TOOLS[0] as SampleTool;
}

/** Calls as a small public weather server gets them over some days up to `endMs`; about `perDay` on a busy day. */
export function sampleCalls({
  endMs,
  days,
  perDay,
  seed,
}: {
  endMs: number;
  days: number;
  perDay: number;
  seed: number;
}): StoredCall[] {
  const random = seededRandom(seed);
  const startMs = endMs - days * DAY_MS;
  const calls: StoredCall[] = [];
  const stepMs = DAY_MS / (perDay * 2);
  for (let slotMs = startMs; slotMs < endMs; slotMs += stepMs) {
    const atMs = Math.floor(slotMs + random() * stepMs);
    if (atMs >= endMs || random() > likelihood(atMs, startMs, endMs)) continue;
    const { tool, failureRate, errorTypes } = pickTool(random);
    const success = random() >= failureRate;
    const errorType = success ? null : (errorTypes[Math.floor(random() * errorTypes.length)] ?? null);
    calls.push({ tool, success, errorType, atMs });
  }
  return calls;
}
