import rateLimit from "@fastify/rate-limit";
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { BucketStore, Refusal, TakeResult, TokenBucketPolicy } from "./bucket-store.ts";
import { createLeases, type LeasedAccount, MIN_LEASED_USE } from "./leases.ts";
import { NETWORKS_PER_SITE, siteOf } from "./network-address.ts";

/** How often one address may ask for keys that do not exist. */
const UNKNOWN_KEYS_PER_HOUR = 20;
const HOUR_MS = 3_600_000;
/** A lease holds at most this part of what an address may ask at once, so a small limit is exact to the request. */
const LEASES_PER_LIMIT = 1_000;

export interface AddressLimits {
  /** requests per address and window */
  readonly requests: number;
  readonly windowMs: number;
  /** Unix ms */
  readonly now: () => number;
}

/** Limits that go by the address of the client, whoever it says it is. */
export interface AddressLimiter {
  /** Charges one request; answers at once where a lease covers it. */
  take(address: string): Refusal | undefined | Promise<Refusal | undefined>;
  /** Charges one lookup of a key that does not exist. */
  takeUnknownKey(address: string): Promise<Refusal | undefined>;
}

/** All that the plugin reads of a request where the key is made here. */
type Asking = Pick<FastifyRequest, "routeOptions"> & { readonly partition: string };
type Answer = (error: Error | null, result?: { current: number; ttl: number }) => void;

/**
 * The limiter of requests is `@fastify/rate-limit`; where its counts live is `buckets`, as for every other limit, so all
 * replicas share them.
 *
 * @param partitionOf pseudonym of an address
 */
export async function createAddressLimiter(
  app: FastifyInstance,
  buckets: BucketStore,
  partitionOf: (address: string) => string,
  { requests, windowMs, now }: AddressLimits,
): Promise<AddressLimiter> {
  const policy: TokenBucketPolicy = { name: "address", capacity: requests, refillPerMs: requests / windowMs };
  const unknownKeys: TokenBucketPolicy = {
    name: "unknown-keys",
    capacity: UNKNOWN_KEYS_PER_HOUR,
    refillPerMs: UNKNOWN_KEYS_PER_HOUR / HOUR_MS,
  };
  const sitePolicy: TokenBucketPolicy = {
    name: "site",
    capacity: NETWORKS_PER_SITE * requests,
    refillPerMs: NETWORKS_PER_SITE * policy.refillPerMs,
  };
  const leases = createLeases(buckets, now);
  const siteLeases = createLeases(buckets, now);
  const settle = (taken: TakeResult, answer: Answer) => {
    if (taken.allowed) answer(null, { current: requests - taken.remaining, ttl: taken.resetAtMs - taken.takenAtMs });
    else answer(null, { current: requests + 1, ttl: taken.retryAfterMs });
  };

  class AddressStore {
    incr(partition: string, answer: Answer): void {
      leases.take(accountOf(policy, "i:", partition), 1).then((taken) => settle(taken, answer), answer);
    }

    child(): AddressStore {
      return this;
    }
  }

  await app.register(rateLimit, { global: false, max: requests, timeWindow: windowMs, store: AddressStore });
  const check = app.createRateLimit({ keyGenerator: (asking) => (asking as unknown as Asking).partition });

  async function takeAddress(partition: string, site: string | undefined): Promise<Refusal | undefined> {
    const asking = { partition, routeOptions: {} } as Asking;
    const result = await check(asking as unknown as FastifyRequest);
    if (result.isAllowed || !result.isExceeded) return site === undefined ? undefined : takeSite(site);
    const resetAtMs = now() + result.ttl;
    return { allowed: false, limitedBy: policy.name, limit: requests, retryAfterMs: result.ttl, resetAtMs };
  }

  async function takeSite(site: string): Promise<Refusal | undefined> {
    const account = accountOf(sitePolicy, "s:", partitionOf(site));
    if (siteLeases.takeHeld(account, 1, now()) !== undefined) return undefined;
    const taken = await siteLeases.take(account, 1);
    return taken.allowed ? undefined : taken;
  }

  return {
    take(address) {
      const site = siteOf(address);
      const partition = partitionOf(address);
      if (leases.takeHeld(accountOf(policy, "i:", partition), 1, now()) === undefined)
        return takeAddress(partition, site);
      return site === undefined ? undefined : takeSite(site);
    },
    async takeUnknownKey(address) {
      const partition = `u:${partitionOf(address)}`;
      const taken = await buckets.take({ partition, buckets: [unknownKeys], windows: [], cost: 1 });
      return taken.allowed ? undefined : taken;
    },
  };
}

/** @param prefix stands before the partition in the store: letter and colon */
function accountOf(policy: TokenBucketPolicy, prefix: string, partition: string): LeasedAccount {
  return {
    partition,
    maxAhead: Math.floor(policy.capacity / LEASES_PER_LIMIT),
    minUse: MIN_LEASED_USE,
    isPerDay: false,
    charge: (cost) => ({ partition: prefix + partition, buckets: [policy], windows: [], cost }),
  };
}
