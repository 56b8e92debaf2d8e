import { OverloadedError, StorageUnavailableError } from "./errors.ts";
import type { Delivery, EventWriter, WriteResult } from "./event-writer.ts";
import type { FlushItem } from "./flush-statement.ts";
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
  readonly resolve: (result: WriteResult) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Many requests, one INSERT, one COMMIT. While a flush runs, what comes in waits for the next: groups grow with the
 * load by themselves, and nothing waits for a timer.
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

  async write(delivery: Delivery): Promise<WriteResult> {
    if (this.#closing) throw new StorageUnavailableError("CLOSING");
    const events = delivery.events.length;
    if (this.#queuedEvents + events > this.#maxQueuedEvents) throw new OverloadedError();
    this.#queuedEvents += events;
    this.#depth += 1;
    try {
      const resolved = this.#names.resolve(delivery);
      return await this.#enqueue(resolved instanceof Promise ? await resolved : resolved);
    } finally {
      this.#queuedEvents -= events;
      this.#depth -= 1;
      if (this.#depth === 0) this.#onIdle?.();
    }
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

  #enqueue(item: FlushItem): Promise<WriteResult> {
    return new Promise((resolve, reject) => {
      this.#queue.push({ item, resolve, reject });
      if (this.#running) return;
      this.#running = true;
      // Requests that arrive in the same turn of the event loop share the first flush.
      setImmediate(() => void this.#run());
    });
  }

  async #run(): Promise<void> {
    while (this.#queue.length > 0) {
      const group = this.#nextGroup();
      try {
        await this.#commit(group);
      } catch (error) {
        for (const { reject } of group) reject(error as Error);
        // Whoever waits behind a database that has just hung for seconds has waited as long as they may.
        if (error instanceof StorageUnavailableError && error.code === "DEADLINE") this.#refuseQueue(error);
      }
    }
    this.#running = false;
  }

  #nextGroup(): Waiting[] {
    let events = 0;
    let end = 0;
    while (end < this.#queue.length) {
      events += (this.#queue[end] as Waiting).item.events.length;
      if (end > 0 && events > this.#maxEventsPerFlush) break;
      end += 1;
    }
    return this.#queue.splice(0, end);
  }

  async #commit(group: readonly Waiting[]): Promise<void> {
    // A statement cannot insert one delivery id twice: repeats of a delivery in one group follow the first of them.
    const first = new Map<string, Waiting>();
    const leaders = group.filter((waiting) => {
      const { projectId, deliveryId } = waiting.item;
      if (deliveryId === null) return true;
      const key = `${projectId}/${deliveryId}`;
      if (first.has(key)) return false;
      first.set(key, waiting);
      return true;
    });
    const outcomes = await this.#flush(leaders.map(({ item }) => item));
    const accepted = new Map<Waiting, number>();
    for (const [index, waiting] of leaders.entries()) {
      const outcome = outcomes[index] as FlushOutcome;
      if (outcome.quarantined > 0) this.#onQuarantined(outcome.quarantined);
      accepted.set(waiting, outcome.accepted);
      waiting.resolve({ duplicate: outcome.duplicate, accepted: outcome.accepted });
    }
    if (leaders.length === group.length) return;
    for (const waiting of group) {
      if (accepted.has(waiting)) continue;
      const leader = first.get(`${waiting.item.projectId}/${waiting.item.deliveryId}`) as Waiting;
      waiting.resolve({ duplicate: true, accepted: accepted.get(leader) as number });
    }
  }

  #refuseQueue(error: StorageUnavailableError): void {
    for (const { reject } of this.#queue.splice(0)) reject(error);
  }
}
