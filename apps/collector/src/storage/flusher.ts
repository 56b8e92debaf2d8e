import { StorageFaultError, StorageUnavailableError, sqlState } from "./errors.ts";
import { type FlushItem, pickEvents } from "./flush-item.ts";
import { flushStatement } from "./flush-statement.ts";
import type { Partitions } from "./partitions.ts";
import type { Pool } from "./pool.ts";
import { trialRun, withLiterals } from "./trial-run.ts";

/** What became of one item: events of it that are stored, now or by an earlier delivery with its id. */
export interface FlushOutcome {
  readonly duplicate: boolean;
  readonly accepted: number;
  /** Events that PostgreSQL refuses whatever they stand beside; they are left out. */
  readonly quarantined: number;
}

export interface FlusherDeps {
  /** Its one connection carries flushes only. */
  readonly pool: Pool;
  readonly partitions: Partitions;
  readonly now: () => number;
}

/** Conflicts; and statements that the server had lost or planned for other columns, behind which their own fault may hide. */
const RETRIED = new Set(["40001", "40P01", "26000", "0A000"]);

/** Writes groups of deliveries, each group in one statement. */
export class Flusher {
  readonly #pool: Pool;
  readonly #partitions: Partitions;
  readonly #now: () => number;
  #failing = false;

  constructor({ pool, partitions, now }: FlusherDeps) {
    this.#pool = pool;
    this.#partitions = partitions;
    this.#now = now;
  }

  /** Whether the last flush found the database unavailable, and nothing has been written since. */
  get failing(): boolean {
    return this.#failing;
  }

  /** Events can be written again, as far as somebody else has found out. */
  recovered(): void {
    this.#failing = false;
  }

  /**
   * Stores items; resolves after the commit with one outcome per item, in their order.
   *
   * @param items no delivery id twice in a project
   * @throws {StorageUnavailableError} when nothing is known to be stored
   */
  async flush(items: readonly FlushItem[]): Promise<FlushOutcome[]> {
    if (items.every(({ deliveryId }) => deliveryId === null)) return this.#noting(this.#store(items));
    // Replicas that insert the same delivery ids in different orders would deadlock.
    const sorted = items.map((item, index) => ({ item, index })).sort((a, b) => compare(a.item, b.item));
    const outcomes = await this.#noting(this.#store(sorted.map(({ item }) => item)));
    const ordered: FlushOutcome[] = [];
    for (const [position, { index }] of sorted.entries()) ordered[index] = outcomes[position] as FlushOutcome;
    return ordered;
  }

  async #noting<T>(flush: Promise<T>): Promise<T> {
    try {
      const result = await flush;
      this.#failing = false;
      return result;
    } catch (error) {
      if (error instanceof StorageUnavailableError) this.#failing = true;
      throw error;
    }
  }

  async #store(items: readonly FlushItem[]): Promise<FlushOutcome[]> {
    try {
      return await this.#outcomes(items, await this.#write(items));
    } catch (error) {
      if (!isRefusedRow(error)) throw error;
      // One bad row fails the whole statement: halve the group until it stands alone.
      if (items.length > 1) {
        const middle = items.length >> 1;
        return [...(await this.#store(items.slice(0, middle))), ...(await this.#store(items.slice(middle)))];
      }
      return [await this.#storeGoodEvents(items[0] as FlushItem)];
    }
  }

  /** Writes a group, once more after what a second try may mend or show; returns the new delivery ids. */
  async #write(items: readonly FlushItem[]): Promise<ReadonlySet<string>> {
    try {
      return await this.#execute(items);
    } catch (error) {
      const state = sqlState(error);
      if (state === "23514") await this.#partitions.ensure(this.#now());
      else if (state === undefined || !RETRIED.has(state)) throw error;
      return await this.#execute(items);
    }
  }

  #execute(items: readonly FlushItem[]): Promise<ReadonlySet<string>> {
    const { text, parameters } = flushStatement(items, this.#now());
    return this.#pool.run(async ({ sql }) =>
      keysOf(await sql.unsafe<DeliveryRow[]>(text, parameters, { prepare: true })),
    );
  }

  /** Writes an item without a delivery id and rolls it back. */
  async #dryRun(item: FlushItem): Promise<void> {
    const { text, parameters } = flushStatement([item], this.#now());
    await this.#pool.run(({ sql }) => sql.unsafe(trialRun(withLiterals(text, parameters))));
  }

  async #outcomes(items: readonly FlushItem[], fresh: ReadonlySet<string>): Promise<FlushOutcome[]> {
    if (items.every(({ deliveryId }) => deliveryId === null)) return items.map(storedWhole);
    const repeated = items.filter((item) => item.deliveryId !== null && !fresh.has(deliveryKey(item)));
    const earlier = repeated.length === 0 ? new Map<string, number>() : await this.#acceptedEarlier(repeated);
    return items.map((item) => {
      if (item.deliveryId === null || fresh.has(deliveryKey(item))) return storedWhole(item);
      // Pruned in between: it was stored, and how much of it is no longer known.
      return { duplicate: true, accepted: earlier.get(deliveryKey(item)) ?? item.eventCount, quarantined: 0 };
    });
  }

  async #acceptedEarlier(items: readonly FlushItem[]): Promise<Map<string, number>> {
    const accepted = new Map<string, number>();
    for (const projectId of new Set(items.map((item) => item.projectId))) {
      const group = items.filter((item) => item.projectId === projectId);
      const ids = `{${group.map((item) => item.deliveryId).join(",")}}`;
      const rows = await this.#pool.run(
        ({ sql }) => sql<(DeliveryRow & { accepted: number })[]>`
          SELECT project_id, delivery_id, accepted FROM deliveries
          WHERE project_id = ${projectId}::int AND delivery_id = ANY(${ids}::text::uuid[])`,
      );
      for (const row of rows) accepted.set(`${row.project_id}/${row.delivery_id}`, row.accepted);
    }
    return accepted;
  }

  /** Finds the refused events of one delivery without storing anything, then stores the rest of it whole. */
  async #storeGoodEvents(item: FlushItem): Promise<FlushOutcome> {
    const good = await this.#goodEvents({ ...item, deliveryId: null });
    const quarantined = item.eventCount - good.length;
    if (good.length === 0) return { duplicate: false, accepted: 0, quarantined };
    const rest = pickEvents(item, good);
    const [outcome] = await this.#outcomes([rest], await this.#write([rest]));
    return { ...(outcome as FlushOutcome), quarantined };
  }

  async #goodEvents(item: FlushItem, from = 0, to = item.eventCount): Promise<number[]> {
    const indexes = Array.from({ length: to - from }, (_, offset) => from + offset);
    try {
      await this.#dryRun(pickEvents(item, indexes));
      return indexes;
    } catch (error) {
      if (!isRefusedRow(error)) throw error;
      if (to - from === 1) return [];
      const middle = (from + to) >> 1;
      return [...(await this.#goodEvents(item, from, middle)), ...(await this.#goodEvents(item, middle, to))];
    }
  }
}

const storedWhole = ({ eventCount }: FlushItem): FlushOutcome => ({
  duplicate: false,
  accepted: eventCount,
  quarantined: 0,
});

interface DeliveryRow {
  readonly project_id: number;
  readonly delivery_id: string;
}

/** Data exceptions (22) and broken constraints (23): the row is at fault, not the database. */
function isRefusedRow(error: unknown): boolean {
  return error instanceof StorageFaultError && /^2[23]...$/.test(error.code);
}

const deliveryKey = (item: FlushItem) => `${item.projectId}/${item.deliveryId}`;
const keysOf = (rows: readonly DeliveryRow[]) => new Set(rows.map((row) => `${row.project_id}/${row.delivery_id}`));

function compare(a: FlushItem, b: FlushItem): number {
  if (a.projectId !== b.projectId) return a.projectId - b.projectId;
  const left = a.deliveryId ?? "";
  const right = b.deliveryId ?? "";
  return left < right ? -1 : left > right ? 1 : 0;
}
