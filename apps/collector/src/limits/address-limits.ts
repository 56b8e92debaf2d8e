import rateLimit from "@fastify/rate-limit";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { clientAddress } from "../http/client-address.ts";
import type { BucketStore } from "./bucket-store.ts";
import { NETWORKS_PER_SITE, siteOf } from "./network-address.ts";
import { rateLimitStore } from "./rate-limit-store.ts";
import { rateLimited } from "./rate-limited.ts";

const HOUR_MS = 3_600_000;
/** Credentials that do not exist which one address may present in an hour, or at once. */
const MAX_GUESSES = 20;
/**
 * Requests for pages: at least this many at once, and one more a second. A page that waits for its first event asks every
 * three seconds and any other page once a minute, so three waiting people or sixty watching people fit behind one address.
 */
const MIN_PAGE_REQUESTS = 300;
const PAGE_REFILL_MS = 1_000;

/**
 * Charges the address of a request. Usable as an `onRequest` hook.
 *
 * @throws {ProblemError} `rate-limited`
 */
export type LimitAddress = (request: FastifyRequest) => Promise<void>;

/** Limits by the address of the client, all through `@fastify/rate-limit` on our buckets. */
export interface AddressLimits {
  /** Limits requests for events and for unknown paths. */
  readonly requests: LimitAddress;
  /** Limits requests for the dashboard and its API. */
  readonly pages: LimitAddress;
  /** Charged after the look-up of an API key that does not exist. A key that exists is never charged, nor refused. */
  readonly unknownKeys: LimitAddress;
  /** The same for sessions and sign-in links. */
  readonly unknownTokens: LimitAddress;
}

export interface AddressLimitOptions {
  /** requests per address and window */
  readonly requests: number;
  readonly windowMs: number;
  /** Unix ms */
  readonly now: () => number;
}

/** @param partitionOf pseudonym of an address */
export async function createAddressLimits(
  app: FastifyInstance,
  buckets: BucketStore,
  partitionOf: (address: string) => string,
  { requests, windowMs, now }: AddressLimitOptions,
): Promise<AddressLimits> {
  app.decorateRequest("address", undefined);
  await app.register(rateLimit, { global: false, store: rateLimitStore(buckets) });

  /** @param letter names the purpose in the partition */
  function limit(
    letter: string,
    max: number,
    timeWindow: number,
    addressOf: (address: string) => string,
  ): LimitAddress {
    const keyGenerator = (request: FastifyRequest) => `${letter}:${partitionOf(addressOf(clientAddress(request)))}`;
    const check = app.createRateLimit({ max, timeWindow, keyGenerator });
    return async (request) => {
      const result = await check(request);
      if (result.isAllowed || !result.isExceeded) return;
      const { ttl } = result;
      throw rateLimited({ limit: max, retryAfterMs: ttl, resetAtMs: now() + ttl });
    };
  }

  /** Limits a network and, for IPv6, its whole site. */
  function limitBoth(network: string, site: string, max: number, timeWindow: number): LimitAddress {
    const limitNetwork = limit(network, max, timeWindow, (address) => address);
    const limitSite = limit(site, NETWORKS_PER_SITE * max, timeWindow, (address) => siteOf(address) ?? address);
    return (request) => {
      const isAllowed = limitNetwork(request);
      return siteOf(clientAddress(request)) === undefined ? isAllowed : isAllowed.then(() => limitSite(request));
    };
  }

  const pageRequests = Math.max(MIN_PAGE_REQUESTS, requests);
  const pageRefillMs = Math.min(PAGE_REFILL_MS, windowMs / requests);
  return {
    requests: limitBoth("i", "s", requests, windowMs),
    pages: limitBoth("p", "q", pageRequests, pageRequests * pageRefillMs),
    unknownKeys: limit("u", MAX_GUESSES, HOUR_MS, (address) => address),
    unknownTokens: limit("t", MAX_GUESSES, HOUR_MS, (address) => address),
  };
}
