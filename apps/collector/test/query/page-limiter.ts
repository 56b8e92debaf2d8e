import { createAddressOf } from "../../src/http/client-address.ts";
import { createAddressPartitions } from "../../src/limits/address-partition.ts";
import { createInProcessBucketStore } from "../../src/limits/in-process-bucket-store.ts";
import { createPageLimiter } from "../../src/limits/page-limiter.ts";

/** The limits of pages as they are by default, counted in this process. */
export function openPageLimiter(now: () => number) {
  const partitionOf = createAddressPartitions(Buffer.alloc(32, 7), now);
  return createPageLimiter(createInProcessBucketStore({ now }), partitionOf, createAddressOf([]), {
    requests: 100,
    windowMs: 900_000,
    now,
  });
}
