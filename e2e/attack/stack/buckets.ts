import { createHmac } from "node:crypto";
import type { Redis } from "ioredis";
import type { AttackKey } from "./attack-keys.ts";

const DAY_MS = 86_400_000;

/** What Redis holds of one partition, as little-endian doubles: `<at ms> <day> {<used>} {<count>}`. */
export interface BucketState {
  readonly atMs: number;
  readonly day: number;
  readonly numbers: readonly number[];
  readonly text: string;
  readonly ttlMs: number;
}

export const bucketKeyOf = (partition: string): string => `collector:tokens:{${partition}}`;
export const keyPartition = ({ projectId, keyId }: AttackKey): string => `k:${projectId}.${keyId}`;

/** Name of the partition of a network on a day (UTC), as an outsider with the master secret would work it out. */
export function addressPartition(masterSecret: Buffer, network: string, nowMs = Date.now()): string {
  const day = Math.floor(nowMs / DAY_MS);
  const salt = createHmac("sha256", masterSecret).update(`mcp-analytics/address/v1/${day}`).digest();
  return createHmac("sha256", salt).update(network).digest("hex").slice(0, 32);
}

export async function readBucket(redis: Redis, partition: string): Promise<BucketState | undefined> {
  const key = bucketKeyOf(partition);
  const [bytes, ttlMs] = await Promise.all([redis.getBuffer(key), redis.pttl(key)]);
  if (bytes === null) return undefined;
  const [atMs = 0, day = 0, ...numbers] = doublesOf(bytes);
  return { atMs, day, numbers, text: bytes.toString("hex"), ttlMs };
}

/** Requests and events of today that a key has been charged. */
export async function readCharges(redis: Redis, key: AttackKey): Promise<{ requests: number; events: number }> {
  const state = await readBucket(redis, keyPartition(key));
  const [, requests = 0, events = 0] = state?.numbers ?? [];
  return { requests, events };
}

/** Sets what a key has used, as if time had passed or requests had been made. */
export async function writeBucket(
  redis: Redis,
  key: AttackKey,
  state: { atMs?: number; used?: number; requests?: number; events?: number },
): Promise<void> {
  const { atMs = Date.now(), used = 0, requests = 0, events = 0 } = state;
  const bytes = bytesOf([atMs, Math.floor(atMs / DAY_MS), used, requests, events]);
  await redis.set(bucketKeyOf(keyPartition(key)), bytes, "PX", DAY_MS);
}

function doublesOf(bytes: Buffer): number[] {
  return Array.from({ length: bytes.length / 8 }, (_, index) => bytes.readDoubleLE(8 * index));
}

export function bytesOf(numbers: readonly number[]): Buffer {
  const bytes = Buffer.alloc(8 * numbers.length);
  for (const [index, number] of numbers.entries()) bytes.writeDoubleLE(number, 8 * index);
  return bytes;
}
