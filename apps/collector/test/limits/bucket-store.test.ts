import { createCircuitBreaker } from "../../src/limits/circuit-breaker.ts";
import { createInProcessBucketStore } from "../../src/limits/in-process-bucket-store.ts";
import { createRedisBucketStore } from "../../src/limits/redis-bucket-store.ts";
import { bucketStoreContract, type OpenStore } from "./bucket-store-contract.ts";
import { bucketStoreProperties } from "./bucket-store-property.ts";
import { connectRedis } from "./redis-client.ts";

const openInProcess: OpenStore = async (now) => createInProcessBucketStore({ now });
const openRedis: OpenStore = async (now) =>
  createRedisBucketStore({ client: connectRedis(), breaker: createCircuitBreaker({ now }), timeoutMs: 30_000, now });

bucketStoreContract("in process", openInProcess);
bucketStoreContract("Redis", openRedis);
bucketStoreProperties("in process", openInProcess, 100);
bucketStoreProperties("Redis", openRedis, 10);
