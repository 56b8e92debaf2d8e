import type { DeliveryStore } from "./delivery-store.ts";
import type { Partitions } from "./partitions.ts";

const DAY_MS = 86_400_000;
/** A client gives a delivery up after a minute; an hour leaves room for clocks and for looking into it. */
const DELIVERY_RETENTION_MS = 3_600_000;

export interface MaintenanceDeps {
  readonly partitions: Partitions;
  readonly deliveries: DeliveryStore;
  readonly rawRetentionDays: number;
  readonly now: () => number;
}

/** What storage needs from time to time: partitions made ahead, what is past its time dropped, days that are over indexed. */
export async function maintainStorage(deps: MaintenanceDeps): Promise<void> {
  const nowMs = deps.now();
  await deps.partitions.ensure(nowMs);
  await deps.partitions.dropBefore(nowMs - deps.rawRetentionDays * DAY_MS);
  await deps.deliveries.prune(nowMs - DELIVERY_RETENTION_MS);
  // Last, for it may take its time and fail.
  await deps.partitions.indexPast(nowMs);
}
