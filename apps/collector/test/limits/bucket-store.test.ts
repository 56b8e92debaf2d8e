import { afterAll, beforeAll } from "vitest";
import { createCircuitBreaker } from "../../src/limits/circuit-breaker.ts";
import { createInProcessBucketStore } from "../../src/limits/in-process-bucket-store.ts";
import { createRedisBucketStore } from "../../src/limits/redis-bucket-store.ts";
import { bucketStoreContract, type OpenStore } from "./bucket-store-contract.ts";
import { bucketStoreProperties } from "./bucket-store-property.ts";
import { createPostgresStores, type PostgresStores } from "./postgres-stores.ts";
import { connectRedis } from "./redis-client.ts";

let postgres: PostgresStores;
beforeAll(async () => {
  postgres = await createPostgresStores();
});
afterAll(() => postgres.drop());

const openInProcess: OpenStore = async (now) => createInProcessBucketStore({ now });
const openRedis: OpenStore = async (now) =>
  createRedisBucketStore({ client: connectRedis(), breaker: createCircuitBreaker({ now }), timeoutMs: 30_000, now });
const openPostgres: OpenStore = async (now) => postgres.open(now);

bucketStoreContract("in process", openInProcess);
bucketStoreContract("Redis", openRedis);
bucketStoreContract("PostgreSQL", openPostgres);
bucketStoreProperties("in process", openInProcess, 100);
bucketStoreProperties("Redis", openRedis, 10);
bucketStoreProperties("PostgreSQL", openPostgres, 10);
