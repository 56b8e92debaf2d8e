import { MAX_DURATION_MS } from "@org/mcp-analytics-schema/constants";

/** Rounds a duration up to 1, 2 or 5 times a power of ten, so that it cannot tell one call from another. */
export function durationStepMs(durationMs: number): number {
  for (let decade = 1; decade < MAX_DURATION_MS; decade *= 10) {
    for (const step of [decade, 2 * decade, 5 * decade]) if (durationMs <= step) return step;
  }
  return MAX_DURATION_MS;
}
