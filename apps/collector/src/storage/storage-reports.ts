/** What an operator should read in the log about storage. Every method may be left out. */
export interface StorageReports {
  /** Requests are refused from now on. @param code SQLSTATE or code of the connection */
  lost(code: string): void;
  /** Storage works again. @param durationMs since `lost` */
  returned(durationMs: number): void;
  /** The clocks disagree by more than they may. @param aheadMs of this process, negative: behind the database */
  clocksDiffer(aheadMs: number): void;
  /** Days past retention were found at the start. */
  dropPlanned(plan: DropPlan): void;
  /** A day past retention is gone. */
  dropped(day: DroppedDay): void;
}

export interface DropPlan {
  /** UTC, `YYYY-MM-DD`. */
  readonly firstDay: string;
  readonly lastDay: string;
  readonly days: number;
  /** Until they are dropped. */
  readonly inMs: number;
}

export interface DroppedDay {
  /** UTC, `YYYY-MM-DD`. */
  readonly day: string;
  /** undefined: counting them took too long. */
  readonly rows: number | undefined;
}
