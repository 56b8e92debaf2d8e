/** Does the upkeep of a database once, as each replica does every ten minutes: `upkeep.ts <database URL>`. */
import { createDeliveryStore } from "@org/mcp-analytics-collector/dist/storage/delivery-store.js";
import { databaseClock, maintainStorage } from "@org/mcp-analytics-collector/dist/storage/maintenance.js";
import { createPartitions } from "@org/mcp-analytics-collector/dist/storage/partitions.js";
import { openPools } from "@org/mcp-analytics-collector/dist/storage/pools.js";

const { upkeep } = openPools({ url: process.argv[2] as string });
await maintainStorage({
  partitions: createPartitions(upkeep),
  deliveries: createDeliveryStore(upkeep),
  rawRetentionDays: 30,
  now: Date.now,
  databaseNow: databaseClock(upkeep),
});
await upkeep.close(1_000);
