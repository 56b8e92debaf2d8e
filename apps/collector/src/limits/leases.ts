import { BoundedMap } from "./bounded-map.ts";
import type { BucketStore, Charge, Grant, TakeResult } from "./bucket-store.ts";
import { DAY_MS } from "./token-bucket.ts";

const MAX_HOLDERS = 20_000;
/** Tokens of a lease are used within this time or not at all. */
export const LEASE_MS = 15_000;
/** What was used within such a time tells how much to lease. */
export const USE_PERIOD_MS = 5_000;
/** A lease of fewer tokens would save little. */
const MIN_LEASE = 2;
/** Requests within `USE_PERIOD_MS` from which on they are leased. */
export const MIN_LEASED_USE = 4;
/** A lease is this part of what was used in the last period: also who asks irregularly uses it up before it ends. */
const SHARE_OF_USE = 1 / 2;

/** Buckets and windows from which tokens are taken ahead of their use. */
export interface LeasedAccount {
  readonly partition: string;
  /** Most tokens of one lease; below two: the store is asked each time, and a limit is exact to the token. */
  readonly maxAhead: number;
  /** Tokens that must have been used within the last `USE_PERIOD_MS` before any is taken ahead: others are charged exactly. */
  readonly minUse: number;
  /** Whether nothing refills what is charged before its day ends: then tokens that were not used can be given back. */
  readonly isPerDay: boolean;
  charge(tokens: number): Charge;
}

export interface Leases {
  /**
   * Takes tokens of the lease that is held, if so many are left in it. The grant is that of the lease.
   *
   * @param nowMs Unix ms
   */
  takeHeld(account: LeasedAccount, tokens: number, nowMs: number): Grant | undefined;
  /** Takes tokens from the store, and with them a lease for whoever has asked for many of late. */
  take(account: LeasedAccount, tokens: number): Promise<TakeResult>;
}

interface Lease {
  held: number;
  readonly fromMs: number;
  readonly untilMs: number;
  readonly grant: Grant;
  /** With fewer tokens than this the next lease is fetched, so that nobody waits for it. */
  readonly renewBelow: number;
}

interface Holder {
  current: Lease | undefined;
  next: Lease | undefined;
  renewing: boolean;
  /** Tokens used in this `USE_PERIOD_MS`, and in the one before it. */
  used: number;
  usedBefore: number;
  periodEndsAtMs: number;
}

/**
 * Takes tokens in advance for whoever goes on asking, so that the shared store is not asked with each request. The tokens
 * have been taken when they are used: replicas together never give out more than the store, as long as a limit over a span
 * allows for tokens that were taken up to `LEASE_MS` before it. A lease ends with the day (UTC) whose windows it was charged to.
 */
export function createLeases(store: BucketStore, now: () => number): Leases {
  const holders = new BoundedMap<string, Holder>(MAX_HOLDERS);
  const ignore = () => {};

  function holderOf(partition: string): Holder {
    let holder = holders.get(partition);
    if (holder === undefined) {
      holder = { current: undefined, next: undefined, renewing: false, used: 0, usedBefore: 0, periodEndsAtMs: 0 };
      holders.set(partition, holder);
    }
    return holder;
  }

  /** Takes tokens for now and a lease; or only the former, where the limit is too near for a lease. */
  async function takeAhead(holder: Holder, account: LeasedAccount, tokens: number, ahead: number): Promise<TakeResult> {
    const fromMs = now();
    holder.renewing = true;
    try {
      const taken = await store.take(account.charge(tokens + ahead));
      if (taken.allowed) {
        const untilMs = fromMs + Math.min(LEASE_MS, DAY_MS - (taken.takenAtMs % DAY_MS));
        holder.next = { held: ahead, fromMs, untilMs, grant: taken, renewBelow: ahead / 2 };
        return taken;
      }
      // Until the period ends the store is asked for each token, down to the last.
      holder.usedBefore = 0;
      return tokens === 0 ? taken : await store.take(account.charge(tokens));
    } finally {
      holder.renewing = false;
    }
  }

  function leaseSize(holder: Holder, { maxAhead, minUse }: LeasedAccount): number {
    if (holder.renewing || holder.usedBefore < minUse) return 0;
    return Math.min(maxAhead, Math.floor(holder.usedBefore * SHARE_OF_USE));
  }

  function renew(holder: Holder, account: LeasedAccount, nowMs: number): void {
    startPeriod(holder, nowMs);
    const ahead = leaseSize(holder, account);
    // Whoever needs the tokens asks again, and is told.
    if (ahead > 0) takeAhead(holder, account, 0, ahead).catch(ignore);
  }

  /** The next lease takes the place of one that has too little, or is over. */
  function goOn(holder: Holder, account: LeasedAccount, nowMs: number): Lease | undefined {
    const { current, next } = holder;
    if (current !== undefined) retire(current, account);
    const isUsable = next !== undefined && !isOver(next, nowMs);
    if (next !== undefined && !isUsable) retire(next, account);
    holder.current = isUsable ? next : undefined;
    holder.next = undefined;
    return holder.current;
  }

  function retire({ held, grant }: Lease, { isPerDay, charge }: LeasedAccount): void {
    if (held > 0 && isPerDay) store.giveBack(charge(held), grant).catch(ignore);
  }

  function takeHeld(account: LeasedAccount, tokens: number, nowMs: number): Grant | undefined {
    const holder = holders.get(account.partition);
    if (holder === undefined) return undefined;
    let lease = holder.current;
    if (lease === undefined || lease.held < tokens || isOver(lease, nowMs)) {
      lease = goOn(holder, account, nowMs);
      if (lease === undefined || lease.held < tokens) return undefined;
    }
    lease.held -= tokens;
    holder.used += tokens;
    if (lease.held < lease.renewBelow && holder.next === undefined) renew(holder, account, nowMs);
    return lease.grant;
  }

  async function take(account: LeasedAccount, tokens: number): Promise<TakeResult> {
    if (account.maxAhead < MIN_LEASE) return store.take(account.charge(tokens));
    const holder = holderOf(account.partition);
    startPeriod(holder, now());
    const ahead = leaseSize(holder, account);
    const taken = await (ahead > 0 ? takeAhead(holder, account, tokens, ahead) : store.take(account.charge(tokens)));
    // A lease that came meanwhile may have taken the last tokens.
    if (!taken.allowed) return takeHeld(account, tokens, now()) ?? taken;
    holder.used += tokens;
    return taken;
  }

  return { takeHeld, take };
}

/** A clock that was set back must not keep a lease alive. */
function isOver({ fromMs, untilMs }: Lease, nowMs: number): boolean {
  return nowMs < fromMs || nowMs >= untilMs;
}

function startPeriod(holder: Holder, nowMs: number): void {
  const sinceEndMs = nowMs - holder.periodEndsAtMs;
  if (sinceEndMs < 0 && sinceEndMs >= -USE_PERIOD_MS) return;
  holder.usedBefore = sinceEndMs >= 0 && sinceEndMs < USE_PERIOD_MS ? holder.used : 0;
  holder.used = 0;
  holder.periodEndsAtMs = nowMs + USE_PERIOD_MS;
}
