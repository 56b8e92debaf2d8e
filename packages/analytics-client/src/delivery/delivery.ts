import { MAX_EVENT_AGE_MS, MAX_EVENT_LEAD_MS, MAX_EVENTS_PER_BATCH } from "@org/mcp-analytics-schema/constants";
import type { Clock } from "../clock.ts";
import { countDrops, type Dropped } from "../queue/drop-counts.ts";
import { type EventQueue, enqueue, MAX_QUEUED_EVENTS, type QueuedEvent } from "../queue/event-queue.ts";
import type { Store } from "../sink.ts";
import { attempt, type Credentials } from "./attempt.ts";
import { backoffMs } from "./backoff.ts";
import { type Batch, takeBatch } from "./batch.ts";
import { clockOffsetMs } from "./clock-offset.ts";
import { createPacing } from "./pacing.ts";
import { readRate } from "./rate-headers.ts";
import type { Answer, Transport } from "./transport.ts";
import { judge } from "./verdict.ts";

/** Holds events until they are delivered: one batch at a time, one timer, one attempt in flight. */
export interface Delivery extends Store {
  /** Takes an event. On the path of every tool call, so it does next to nothing. */
  add(event: QueuedEvent): void;
  /** Sends without waiting for company; resolves when nothing waits, nothing more can be done in time, or the time is over. */
  flush(deadlineMs: number): Promise<void>;
  /** Ends all work; what still waits is lost. */
  stop(): void;
}

export interface DeliveryParts {
  readonly credentials: Credentials;
  readonly transport: Transport;
  readonly clock: Clock;
  /** 0 to 1. */
  readonly random: () => number;
  /** Called with true when events begin to wait and with false when none is left. */
  readonly onBusy: (busy: boolean) => void;
  /** The collector refuses the key; nothing is sent for a while. */
  readonly onKeyRefused: () => void;
}

/** An event is given up this long before the collector would refuse it: it still has to travel. */
const TRAVEL_MS = 1_000;
const KEY_REFUSED_PAUSE_MS = 900_000;

export function createDelivery({ credentials, transport, clock, random, ...parts }: DeliveryParts): Delivery {
  const pacing = createPacing(clock.now());
  const queue: EventQueue = [];
  const dropped: Dropped = {};
  const flushes = new Set<() => void>();
  let flushUntil = 0;
  let pending: Batch | undefined;
  let failures = 0;
  let pausedUntil = 0;
  let clockOffset = 0;
  let inFlight = false;
  let busy = false;
  let stopped = false;
  let cancelTimer = (): void => {};

  function drop(reason: keyof Dropped, change: number): void {
    // Not looked at on the path of a call, where nothing is dropped.
    if (change) countDrops(dropped, reason, change);
  }

  function setBusy(value: boolean): void {
    if (busy !== value) parts.onBusy(value);
    busy = value;
  }

  function giveUpExpired(now: number): void {
    const isExpired = (event: QueuedEvent | undefined): boolean =>
      (event?.endedAt ?? now) < now - MAX_EVENT_AGE_MS + TRAVEL_MS;
    if (pending && isExpired(pending.taken.at(-1))) {
      drop("undeliverable", pending.taken.length);
      pending = undefined;
    }
    while (isExpired(queue[0])) drop("expired", queue.splice(0, 1).length);
  }

  /** Milliseconds until something may be sent. */
  function waitMs(now: number): number {
    const pace = flushes.size ? pacing.flushWaitMs(now) : pacing.waitMs(now, queue.length, queue[0]?.endedAt ?? now);
    return Math.max(pausedUntil - now, pending ? 0 : pace);
  }

  function wait(ms: number): void {
    cancelTimer();
    // Looks in at least once in an event's life, so that nothing waits for a collector that has been given up.
    cancelTimer = clock.after(Math.min(ms, MAX_EVENT_AGE_MS), proceed);
  }

  function endFlushes(): void {
    for (const end of flushes) end();
  }

  /** Decides what to do next: nothing, wait, or send. */
  function proceed(): void {
    cancelTimer();
    if (inFlight || stopped) return;
    const now = clock.now();
    giveUpExpired(now);
    const idle = !pending && !queue.length;
    setBusy(!idle);
    if (idle) {
      endFlushes();
      return;
    }
    const ms = waitMs(now);
    if (now + ms > flushUntil) endFlushes();
    if (ms <= 0) send(now).catch(endFlushes);
    else wait(ms);
  }

  async function send(now: number): Promise<void> {
    inFlight = true;
    try {
      pending ??= takeBatch(queue, dropped, now, clockOffset);
      pacing.spend(now);
      settle(pending, await attempt(pending.body, credentials, transport, now + clockOffset), now);
    } catch {
      // Whatever fails counts as no answer: an error of ours must not end the host.
      fail(0);
    }
    inFlight = false;
    proceed();
  }

  function fail(retryAt: number): void {
    pausedUntil = Math.max(clock.now() + backoffMs(++failures, random()), retryAt);
    // A flush may try twice: the first failure can be an idle connection that the collector has closed.
    if (failures > 1) endFlushes();
  }

  function settle(batch: Batch, answer: Answer | undefined, sentAt: number): void {
    const now = clock.now();
    const verdict = answer && judge(answer, batch.taken);
    const rate = readRate(answer?.headers ?? {}, now);
    pacing.learn(rate, now);
    const offset = clockOffsetMs(answer?.headers.date, sentAt, now);
    const clockMoved = Math.abs(offset - clockOffset) >= MAX_EVENT_LEAD_MS;
    if (clockMoved) clockOffset = offset;
    if (!verdict) {
      fail(rate.retryAt);
      return;
    }
    pending = undefined;
    failures = pausedUntil = 0;
    if (verdict.stored)
      for (const reason in batch.reported)
        drop(reason as keyof Dropped, -(batch.reported[reason as keyof Dropped] as number));
    drop("rejected", verdict.refused);
    if (clockMoved) {
      // They go again in a batch of their own, with the right time.
      queue.unshift(...verdict.mistimed);
      drop("queue_full", queue.splice(MAX_QUEUED_EVENTS).length);
    } else drop("expired", verdict.mistimed.length);
    if (verdict.keyRefused) {
      pausedUntil = now + KEY_REFUSED_PAUSE_MS;
      parts.onKeyRefused();
    }
  }

  return {
    add(event) {
      if (stopped) return;
      drop("queue_full", enqueue(queue, event));
      // The first event starts the timer, the one that fills a batch shortens it.
      if (busy && queue.length !== MAX_EVENTS_PER_BATCH) return;
      setBusy(true);
      if (!inFlight) wait(waitMs(clock.now()));
    },
    flush: (deadlineMs) =>
      new Promise((resolve) => {
        const end = (): void => {
          release();
          flushes.delete(end);
          resolve();
        };
        const release = clock.after(deadlineMs, end, true);
        flushes.add(end);
        flushUntil = Math.max(flushUntil, clock.now() + deadlineMs);
        if (stopped) end();
        else proceed();
      }),
    stop() {
      stopped = true;
      cancelTimer();
      endFlushes();
      setBusy(false);
      transport.close();
    },
  };
}
