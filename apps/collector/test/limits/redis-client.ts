import type {} from "@org/services/vitest-setup";
import { Redis } from "ioredis";
import { inject } from "vitest";

/** A client of the Redis that the test run brought up. */
export function connectRedis(): Redis {
  return new Redis(inject("redisUrl"));
}
