import { MAX_EVENT_AGE_MS, MAX_EVENT_LEAD_MS, MAX_EVENTS_PER_BATCH } from "@org/mcp-analytics-schema/constants";
import type { Clock } from "../clock.ts";
import type { Notice } from "../notice.ts";
import type { DropCounts } from "../queue/drop-counts.ts";
import type { EventQueue, QueuedEvent } from "../queue/event-queue.ts";
import type { Software } from "../queue/origin.ts";
import { type AttemptResult, attempt, type Credentials } from "./attempt.ts";
import { backoffMs } from "./backoff.ts";
import { type Batch, takeBatch } from "./batch.ts";
import { createPacing } from "./pacing.ts";
import type { Transport } from "./transport.ts";

/** Empties the queue: one batch at a time, one timer, one attempt in flight. */
export interface Delivery {
  /** An event was queued. On the path of every tool call, so it does next to nothing. */
  queued(): void;
  /** Sends without waiting for company; resolves when nothing waits, nothing more can be done in time, or the time is over. */
  flush(deadlineMs: number): Promise<void>;
  /** Ends all work; what still waits is lost. */
  stop(): void;
}

export interface DeliveryParts {
  readonly credentials: Credentials;
  readonly transport: Transport;
  readonly queue: EventQueue;
  readonly drops: DropCounts;
  readonly sdk: Software;
  readonly clock: Clock;
  readonly random: () => number;
  readonly notice: Notice;
  /** Called with true when events begin to wait and with false when none is left. */
  readonly onBusy: (busy: boolean) => void;
}

/** An event is given up this long before the collector would refuse it: it still has to travel. */
const TRAVEL_MS = 1_000;
const KEY_REFUSED_PAUSE_MS = 15 * 60_000;

export function createDelivery(parts: DeliveryParts): Delivery {
  const { credentials, transport, queue, drops, sdk, clock, random, notice, onBusy } = parts;
  const pacing = createPacing(clock.now());
  let pending: Batch | undefined;
  let failures = 0;
  let pausedUntil = 0;
  let clockOffset = 0;
  let inFlight = false;
  let busy = false;
  let stopped = false;
  let cancelTimer: (() => void) | undefined;
  const flushes = new Set<{ readonly endsAt: number; readonly done: () => void }>();

  function setBusy(value: boolean): void {
    if (busy === value) return;
    busy = value;
    onBusy(value);
  }

  function isExpired(event: QueuedEvent, now: number): boolean {
    return event.endedAt < now - MAX_EVENT_AGE_MS + TRAVEL_MS;
  }

  function expire(now: number): void {
    const newest = pending?.events.at(-1);
    if (pending && newest && isExpired(newest, now)) giveUp(pending, "undeliverable");
    for (let event = queue.peek(); event && isExpired(event, now); event = queue.peek()) {
      queue.shift();
      drops.add("expired");
    }
  }

  function giveUp(batch: Batch, reason: "undeliverable" | "rejected"): void {
    drops.putBack(batch.dropped);
    drops.add(reason, batch.events.length);
    pending = undefined;
  }

  function waitMs(now: number): number {
    const paused = Math.max(0, pausedUntil - now);
    if (flushes.size > 0) return Math.max(paused, pacing.flushWaitMs(now));
    return pending ? paused : Math.max(paused, pacing.waitMs(now, queue.size, queue.peek()?.endedAt ?? now));
  }

  /** Decides what to do next: nothing, wait, or send. */
  function proceed(): void {
    cancelTimer?.();
    cancelTimer = undefined;
    if (inFlight || stopped) return;
    const now = clock.now();
    expire(now);
    if (!pending && queue.size === 0) {
      endFlushes(Number.POSITIVE_INFINITY);
      setBusy(false);
      return;
    }
    const wait = waitMs(now);
    if (wait <= 0) {
      void send(now);
      return;
    }
    endFlushes(now + wait);
    // Looks in at least once in an event's life, so that nothing waits for a collector that has been given up.
    cancelTimer = clock.after(Math.min(wait, MAX_EVENT_AGE_MS), proceed);
  }

  /** Ends those flushes for which nothing can happen before their deadline. */
  function endFlushes(nextAt: number): void {
    for (const flush of flushes) if (flush.endsAt <= nextAt) flush.done();
  }

  async function send(now: number): Promise<void> {
    inFlight = true;
    pending ??= takeBatch(queue, drops.take(), sdk, now, clockOffset);
    pacing.spend(now);
    const result = await attempt(pending.body, credentials, transport, clock, clockOffset);
    inFlight = false;
    if (stopped) return;
    settle(pending, result);
    proceed();
  }

  function settle(batch: Batch, { verdict, rate, clockOffsetMs }: AttemptResult): void {
    const now = clock.now();
    pacing.learn(rate, now);
    const clockMoved = clockOffsetMs !== undefined && Math.abs(clockOffsetMs - clockOffset) >= MAX_EVENT_LEAD_MS;
    if (clockMoved) clockOffset = clockOffsetMs;

    if (verdict.kind === "retry") {
      failures++;
      pausedUntil = Math.max(now + backoffMs(failures, random()), rate.retryAt ?? 0);
      return;
    }
    failures = 0;
    pausedUntil = 0;
    if (verdict.kind === "stored") {
      pending = undefined;
      drops.add("rejected", verdict.refused);
      const mistimed = verdict.mistimed.flatMap((index) => batch.events[index] ?? []);
      if (clockMoved) drops.add("queue_full", queue.putBack(mistimed));
      else drops.add("expired", mistimed.length);
    } else if (verdict.kind === "mistimed" && clockMoved) {
      // Nothing was stored, so these events go again in a batch of their own with the right time.
      pending = undefined;
      drops.putBack(batch.dropped);
      drops.add("queue_full", queue.putBack(batch.events));
    } else {
      giveUp(batch, "rejected");
      if (verdict.kind === "key-refused") {
        pausedUntil = now + KEY_REFUSED_PAUSE_MS;
        notice("paused: the collector refuses ANALYTICS_API_KEY (run `npx mcp-analytics doctor`)");
      }
    }
  }

  return {
    queued() {
      if (!busy) setBusy(true);
      else if (queue.size !== MAX_EVENTS_PER_BATCH) return;
      if (!inFlight) {
        cancelTimer?.();
        cancelTimer = clock.after(waitMs(clock.now()), proceed);
      }
    },
    flush(deadlineMs) {
      if (!busy || stopped) return Promise.resolve();
      return new Promise((resolve) => {
        const entry = {
          endsAt: clock.now() + deadlineMs,
          done: () => {
            release();
            flushes.delete(entry);
            resolve();
          },
        };
        const release = clock.holdFor(deadlineMs, entry.done);
        flushes.add(entry);
        proceed();
      });
    },
    stop() {
      stopped = true;
      cancelTimer?.();
      endFlushes(Number.POSITIVE_INFINITY);
      setBusy(false);
      transport.close();
    },
  };
}
