import { batchPost, sendAll } from "../load/event-stream.ts";
import type { BenchStage } from "../rounds/measure.ts";
import type { BenchDatabase } from "../servers/bench-database.ts";
import { startCollector } from "../servers/collector.ts";
import { fillGuideTable } from "./fill-guide-table.ts";

export const EVENTS = 1_000_000;
const EVENTS_PER_BATCH = 100;
const CONNECTIONS = 16;

export interface TableBytes {
  readonly heapBytesPerEvent: number;
  readonly indexBytesPerEvent: number;
  readonly bytesPerEvent: number;
}

export interface StorageFigures {
  readonly bytesPerEventVsGuide: number;
  readonly events: number;
  readonly guide: TableBytes;
  /** the events, their dictionaries, and the ids of the batches that are kept for an hour */
  readonly ours: TableBytes & { readonly deliveryBytesPerEvent: number };
}

/**
 * One million events through the built collector, and the same number in the guide's table: what each takes on disk
 * with all its indexes. Rejects when the collector has not stored exactly what it accepted.
 */
export async function measureStorage(stage: BenchStage): Promise<StorageFigures> {
  process.stderr.write(`storing ${EVENTS} events in the guide's table\n`);
  const guideTable = await fillGuideTable(stage.databaseUrl, stage.keys, EVENTS);
  const guide = await sizeOf(guideTable, ["analytics_events"]);
  await guideTable.close();

  process.stderr.write(`storing ${EVENTS} events through the collector\n`);
  const collector = await startCollector(stage);
  try {
    const statuses = await sendAll({
      url: collector.server.url,
      count: EVENTS / EVENTS_PER_BATCH,
      connections: CONNECTIONS,
      post: batchPost(stage.keys),
    });
    await collector.stop();
    const stored = await collector.storedEvents();
    const accepted = (statuses.get(201) ?? 0) * EVENTS_PER_BATCH;
    if (stored !== EVENTS || accepted !== EVENTS) {
      throw new Error(`void: of ${EVENTS} events ${accepted} were accepted and ${stored} stored`);
    }
    const deliveries = await sizeOf(collector.database, ["deliveries"]);
    const events = await sizeOf(collector.database, ["events_raw", "tools", "error_types"]);
    const bytesPerEvent = events.bytesPerEvent + deliveries.bytesPerEvent;
    return {
      bytesPerEventVsGuide: bytesPerEvent / guide.bytesPerEvent,
      events: EVENTS,
      guide,
      ours: { ...events, bytesPerEvent, deliveryBytesPerEvent: deliveries.bytesPerEvent },
    };
  } finally {
    await collector.close();
  }
}

/** Size of tables with all their partitions and indexes. */
async function sizeOf(database: BenchDatabase, tables: readonly string[]): Promise<TableBytes> {
  const [row] = await database.query(
    `select sum(pg_table_size(part)) as heap, sum(pg_indexes_size(part)) as indexes from (
       select name::regclass as part from unnest($1::text[]) as name
       union select relid from unnest($1::text[]) as name, pg_partition_tree(name::regclass)
     ) as parts`,
    [tables],
  );
  const heapBytesPerEvent = Number(row?.heap) / EVENTS;
  const indexBytesPerEvent = Number(row?.indexes) / EVENTS;
  return { heapBytesPerEvent, indexBytesPerEvent, bytesPerEvent: heapBytesPerEvent + indexBytesPerEvent };
}
