import type { DeliveryStore } from "./delivery-store.ts";
import type { Partitions } from "./partitions.ts";
import type { Pool } from "./pool.ts";
import type { DropPlan, StorageReports } from "./storage-reports.ts";

const DAY_MS = 86_400_000;
/** A client gives a delivery up after a minute; an hour leaves room for clocks and for looking into it. */
const DELIVERY_RETENTION_MS = 3_600_000;
/** Clocks of two machines that keep time differ by less. */
const MAX_CLOCK_DIFFERENCE_MS = 60_000;

export interface MaintenanceDeps {
  readonly partitions: Partitions;
  readonly deliveries: DeliveryStore;
  readonly rawRetentionDays: number;
  /** Clock of this process, Unix ms. */
  readonly now: () => number;
  /** Clock of PostgreSQL, Unix ms. */
  readonly databaseNow: () => Promise<number>;
  readonly reports?: Partial<StorageReports> | undefined;
}

/** Makes partitions ahead, drops days and deliveries past their time, and indexes days that are over. */
export async function maintainStorage(deps: MaintenanceDeps): Promise<void> {
  const { partitions, deliveries, reports } = deps;
  const nowMs = deps.now();
  await partitions.ensure(nowMs);
  const agreedMs = await agreedTime(deps);
  await partitions.dropBefore(retainedFrom(deps, agreedMs), (day) => reports?.dropped?.(day));
  await deliveries.prune(agreedMs - DELIVERY_RETENTION_MS);
  // Last, because it may take long and fail.
  await partitions.indexPast(nowMs);
}

/** Days that the next maintenance drops; undefined when there are none. */
export async function planDrop(deps: MaintenanceDeps): Promise<Omit<DropPlan, "inMs"> | undefined> {
  const days = await deps.partitions.daysBefore(retainedFrom(deps, await agreedTime(deps)));
  const [firstDay] = days;
  const lastDay = days.at(-1);
  return firstDay === undefined || lastDay === undefined ? undefined : { firstDay, lastDay, days: days.length };
}

/** Asks PostgreSQL for its time. */
export function databaseClock(pool: Pool): () => Promise<number> {
  return async () => {
    const [row] = await pool.run(
      ({ sql }) => sql<{ now: number }[]>`SELECT (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS now`,
    );
    return (row as { now: number }).now;
  };
}

const retainedFrom = ({ rawRetentionDays }: MaintenanceDeps, nowMs: number) => nowMs - rawRetentionDays * DAY_MS;

/** The earlier of both clocks: one that is wrong must not delete what the other still wants to keep. */
async function agreedTime({ now, databaseNow, reports }: MaintenanceDeps): Promise<number> {
  const databaseMs = await databaseNow();
  const aheadMs = now() - databaseMs;
  if (Math.abs(aheadMs) > MAX_CLOCK_DIFFERENCE_MS) reports?.clocksDiffer?.(Math.round(aheadMs));
  return Math.min(databaseMs, databaseMs + aheadMs);
}
