import type { Range } from "../api/usage.ts";

export const RANGE_LABELS: Record<Range, string> = {
  "24h": "24 hours",
  "7d": "7 days",
  "28d": "28 days",
  "90d": "90 days",
};

/** `the last 7 days` */
export function rangeInWords(range: Range): string {
  return `the last ${RANGE_LABELS[range]}`;
}

/** `previous 7 days` */
export function previousInWords(range: Range): string {
  return `previous ${RANGE_LABELS[range]}`;
}
