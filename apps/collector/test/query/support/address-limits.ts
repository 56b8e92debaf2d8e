import type { FastifyInstance } from "fastify";
import { type AddressLimits, createAddressLimits } from "../../../src/limits/address-limits.ts";
import { createAddressPartitions } from "../../../src/limits/address-partition.ts";
import { createInProcessBucketStore } from "../../../src/limits/in-process-bucket-store.ts";

/** The limits of addresses with their defaults, counted in this process. */
export function openAddressLimits(app: FastifyInstance, now: () => number): Promise<AddressLimits> {
  const partitionOf = createAddressPartitions(Buffer.alloc(32, 7), now);
  const options = { requests: 100, windowMs: 900_000, now };
  return createAddressLimits(app, createInProcessBucketStore({ now }), partitionOf, options);
}
