import { type DropReason, MAX_DROPPED_COUNT } from "@org/mcp-analytics-schema/constants";

export type Dropped = Partial<Record<DropReason, number>>;

/** Events given up, by reason, until a batch that reports them has been acknowledged. */
export interface DropCounts {
  add(reason: DropReason, count?: number): void;
  /** Moves all counts out, for a batch; undefined where there are none. */
  take(): Dropped | undefined;
  /** Gives the counts of a batch back that was not acknowledged. */
  putBack(dropped: Dropped | undefined): void;
}

export function createDropCounts(): DropCounts {
  let counts: Dropped = {};
  const add = (reason: DropReason, count = 1): void => {
    if (count > 0) counts[reason] = Math.min((counts[reason] ?? 0) + count, MAX_DROPPED_COUNT);
  };
  return {
    add,
    take() {
      const taken = counts;
      counts = {};
      return Object.keys(taken).length > 0 ? taken : undefined;
    },
    putBack(dropped) {
      for (const reason in dropped) add(reason as DropReason, dropped[reason as DropReason]);
    },
  };
}
