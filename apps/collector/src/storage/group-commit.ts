import { OverloadedError, StorageUnavailableError } from "./errors.ts";
import type { Delivery, EventWriter, WriteResult } from "./event-writer.ts";
import type { FlushItem } from "./flush-item.ts";
import type { FlushOutcome } from "./flusher.ts";
import type { NameResolver } from "./name-resolver.ts";

export interface GroupCommitDeps {
  readonly names: NameResolver;
  readonly flush: (items: readonly FlushItem[]) => Promise<readonly FlushOutcome[]>;
  /** Called with the number of events that PostgreSQL refused for what they hold. */
  readonly onQuarantined?: (events: number) => void;
  /** Rows of one statement; a delivery is never split. */
  readonly maxEventsPerFlush?: number;
  /** Events that may wait, those of the running flush included. */
  readonly maxQueuedEvents?: number;
}

interface Waiting {
  readonly item: FlushItem;
  /** As many as its delivery counts in the queue. */
  readonly events: number;
  readonly resolve: (result: WriteResult) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Many requests, one INSERT, one COMMIT. While a flush runs, what comes in waits for the next: groups grow with the
 * load by themselves, and nothing waits for a timer. No flush is sent behind another: see `ConnectionLimit`.
 */
export class GroupCommit implements EventWriter {
  readonly #names: NameResolver;
  readonly #flush: GroupCommitDeps["flush"];
  readonly #onQuarantined: (events: number) => void;
  readonly #maxEventsPerFlush: number;
  readonly #maxQueuedEvents: number;
  #queue: Waiting[] = [];
  #queuedEvents = 0;
  #depth = 0;
  #running = false;
  #closing = false;
  #onIdle: (() => void) | undefined;

  constructor(deps: GroupCommitDeps) {
    this.#names = deps.names;
    this.#flush = deps.flush;
    this.#onQuarantined = deps.onQuarantined ?? (() => {});
    this.#maxEventsPerFlush = deps.maxEventsPerFlush ?? 2_000;
    this.#maxQueuedEvents = deps.maxQueuedEvents ?? 20_000;
  }

  get depth(): number {
    return this.#depth;
  }

  write(delivery: Delivery): Promise<WriteResult> {
    if (this.#closing) return Promise.reject(new StorageUnavailableError("CLOSING"));
    const events = delivery.events.length;
    if (this.#queuedEvents + events > this.#maxQueuedEvents) return Promise.reject(new OverloadedError());
    this.#queuedEvents += events;
    this.#depth += 1;
    return new Promise((resolve, reject) => {
      try {
        const item = this.#names.resolve(delivery);
        if (item instanceof Promise) {
          item.then(
            (learned) => this.#enqueue({ item: learned, events, resolve, reject }),
            (error) => this.#reject({ events, reject }, error),
          );
        } else this.#enqueue({ item, events, resolve, reject });
      } catch (error) {
        this.#reject({ events, reject }, error as Error);
      }
    });
  }

  async close(deadlineMs: number): Promise<void> {
    this.#closing = true;
    if (this.#depth === 0) return;
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.#onIdle = resolve;
      timer = setTimeout(resolve, deadlineMs);
    });
    clearTimeout(timer);
    this.#refuseQueue(new StorageUnavailableError("CLOSING"));
  }

  #enqueue(waiting: Waiting): void {
    this.#queue.push(waiting);
    if (this.#running) return;
    this.#running = true;
    // Requests that arrive in the same turn of the event loop share the first flush.
    setImmediate(() => void this.#run());
  }

  async #run(): Promise<void> {
    while (this.#queue.length > 0) {
      const group = this.#nextGroup();
      const { leaders, followers } = splitRepeats(group);
      let outcomes: readonly FlushOutcome[];
      try {
        outcomes = await this.#flush(leaders.map(({ item }) => item));
      } catch (error) {
        for (const waiting of group) this.#reject(waiting, error as Error);
        // Whoever waits behind a database that has just hung for seconds has waited as long as they may.
        if (error instanceof StorageUnavailableError && error.code === "DEADLINE") this.#refuseQueue(error);
        continue;
      }
      // The flush of the next group begins before this one is answered: else PostgreSQL would wait for all its answers.
      process.nextTick(() => this.#settle(leaders, followers, outcomes));
    }
    this.#running = false;
  }

  #nextGroup(): Waiting[] {
    let events = 0;
    let end = 0;
    while (end < this.#queue.length) {
      events += (this.#queue[end] as Waiting).item.eventCount;
      if (end > 0 && events > this.#maxEventsPerFlush) break;
      end += 1;
    }
    return this.#queue.splice(0, end);
  }

  #settle(leaders: readonly Waiting[], followers: readonly Follower[], outcomes: readonly FlushOutcome[]): void {
    leaders.forEach((waiting, index) => {
      const { duplicate, accepted } = outcomes[index] as FlushOutcome;
      this.#resolve(waiting, { duplicate, accepted });
    });
    for (const { waiting, leader } of followers) {
      this.#resolve(waiting, { duplicate: true, accepted: (outcomes[leader] as FlushOutcome).accepted });
    }
    const quarantined = outcomes.reduce((sum, outcome) => sum + outcome.quarantined, 0);
    if (quarantined > 0) this.#onQuarantined(quarantined);
  }

  #refuseQueue(error: StorageUnavailableError): void {
    for (const waiting of this.#queue.splice(0)) this.#reject(waiting, error);
  }

  #resolve(waiting: Waiting, result: WriteResult): void {
    this.#leave(waiting.events);
    waiting.resolve(result);
  }

  #reject({ events, reject }: Pick<Waiting, "events" | "reject">, error: Error): void {
    this.#leave(events);
    reject(error);
  }

  #leave(events: number): void {
    this.#queuedEvents -= events;
    this.#depth -= 1;
    if (this.#depth === 0) this.#onIdle?.();
  }
}

/** A delivery that came again while it waits to be stored. */
interface Follower {
  readonly waiting: Waiting;
  /** Place of the first of them among the leaders. */
  readonly leader: number;
}

/** A statement cannot insert one delivery id twice: repeats of a delivery in one group follow the first of them. */
function splitRepeats(group: readonly Waiting[]): { leaders: Waiting[]; followers: Follower[] } {
  const leaders: Waiting[] = [];
  const followers: Follower[] = [];
  const leaderOf = new Map<string, number>();
  for (const waiting of group) {
    const { projectId, deliveryId } = waiting.item;
    if (deliveryId !== null) {
      const key = `${projectId}/${deliveryId}`;
      const leader = leaderOf.get(key);
      if (leader !== undefined) {
        followers.push({ waiting, leader });
        continue;
      }
      leaderOf.set(key, leaders.length);
    }
    leaders.push(waiting);
  }
  return { leaders, followers };
}
