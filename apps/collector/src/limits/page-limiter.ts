import type { FastifyRequest } from "fastify";
import type { AddressOf } from "../http/client-address.ts";
import type { AddressLimits } from "./address-limiter.ts";
import type { BucketStore, Refusal, TokenBucketPolicy } from "./bucket-store.ts";
import { createGuess } from "./guesses.ts";
import { NETWORKS_PER_SITE, siteOf } from "./network-address.ts";

/**
 * What one address may ask of the dashboard, at the least: so many requests at once and one more a second. A page that waits
 * for its first event asks every three seconds and any other once a minute, so three people who wait, or sixty who watch,
 * fit behind one address.
 */
const REQUESTS = 300;
const REFILL_PER_MS = 1 / 1_000;
/** How often one address may present sessions and links that do not exist: 20 an hour. */
const UNKNOWN_TOKENS: TokenBucketPolicy = { name: "unknown-tokens", capacity: 20, refillPerMs: 20 / 3_600_000 };

/** Limits of the dashboard and the read API, by the address of the client. They are counted apart from those of ingest. */
export interface PageLimiter {
  /** Charges one request, whatever it is for. */
  take(request: FastifyRequest): Promise<Refusal | undefined>;
  /** Looks up a session or a link, `null` when there is none, or refuses to. */
  guess<Found extends object>(
    request: FastifyRequest,
    lookUp: () => Promise<Found | null>,
  ): Promise<Found | null | Refusal>;
}

/**
 * @param partitionOf pseudonym of an address
 * @param limits of an address in general: where they are wider, they count here as well
 */
export function createPageLimiter(
  buckets: BucketStore,
  partitionOf: (address: string) => string,
  addressOf: AddressOf,
  { requests, windowMs, now }: AddressLimits,
): PageLimiter {
  const capacity = Math.max(REQUESTS, requests);
  const refillPerMs = Math.max(REFILL_PER_MS, requests / windowMs);
  const pages: TokenBucketPolicy = { name: "pages", capacity, refillPerMs };
  const pagesOfSite: TokenBucketPolicy = {
    name: "pages-of-site",
    capacity: NETWORKS_PER_SITE * capacity,
    refillPerMs: NETWORKS_PER_SITE * refillPerMs,
  };

  async function take(partition: string, policy: TokenBucketPolicy): Promise<Refusal | undefined> {
    const taken = await buckets.take({ partition, buckets: [policy], windows: [], cost: 1 });
    return taken.allowed ? undefined : taken;
  }

  const guess = createGuess((address) => take(`t:${partitionOf(address)}`, UNKNOWN_TOKENS), now);

  return {
    async take({ raw }) {
      const address = addressOf(raw);
      const refusal = await take(`p:${partitionOf(address)}`, pages);
      const site = siteOf(address);
      if (refusal !== undefined || site === undefined) return refusal;
      return take(`q:${partitionOf(site)}`, pagesOfSite);
    },
    guess: ({ raw }, lookUp) => guess(addressOf(raw), lookUp),
  };
}
