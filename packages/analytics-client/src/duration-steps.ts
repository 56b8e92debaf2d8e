import { MAX_DURATION_MS } from "@org/mcp-analytics-schema/constants";

/** Rounds a duration up to 1, 2 or 5 times a power of ten, so that it cannot tell one call from another. */
export function durationStepMs(durationMs: number): number {
  if (!(durationMs > 0)) return 0;
  for (let decade = 1; decade < MAX_DURATION_MS; decade *= 10) {
    for (const step of [1, 2, 5]) if (durationMs <= step * decade) return Math.min(step * decade, MAX_DURATION_MS);
  }
  return MAX_DURATION_MS;
}
