import { type DropReason, MAX_DROPPED_COUNT } from "@org/mcp-analytics-schema/constants";

/** Events given up since the last batch that was stored, by reason. Holds no zeros. */
export type Dropped = Partial<Record<DropReason, number>>;

/** Adds to a count, or takes off it what has been reported. A count never exceeds what the wire allows. */
export function countDrops(dropped: Dropped, reason: DropReason, change: number): void {
  const count = Math.min((dropped[reason] ?? 0) + change, MAX_DROPPED_COUNT);
  if (count > 0) dropped[reason] = count;
  else delete dropped[reason];
}
