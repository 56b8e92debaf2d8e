import { MAX_DURATION_MS } from "@org/mcp-analytics-schema/constants";

/** Rounds a duration up to 1, 2 or 5 times a power of ten, so that it cannot tell one call from another. */
export function durationStepMs(durationMs: number): number {
  let step = 1;
  for (let i = 0; step < durationMs; i++) step *= i % 3 === 1 ? 2.5 : 2;
  return Math.min(step, MAX_DURATION_MS);
}
