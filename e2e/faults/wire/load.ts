import { MAX_EVENT_AGE_MS } from "@org/mcp-analytics-schema";
import type { AttackKey } from "../../attack/stack/attack-keys.ts";
import type { Replica } from "../site/replica.ts";
import type { Reply } from "./send.ts";
import type { Batch, Sender } from "./sender.ts";

const TICK_MS = 10;
/** Every so many requests one is a batch. */
const BATCH_EVERY = 10;
const EVENTS_PER_BATCH = 5;
/** More clients than this do not wait at once; who would come then stays away. */
const MAX_OPEN = 500;

export interface Sample {
  readonly replica: Replica;
  /** On the clock of `performance`. */
  readonly sentAtMs: number;
  readonly reply: Reply;
}

export interface LoadOptions {
  readonly sender: Sender;
  readonly replicas: readonly Replica[];
  /** Each is used in turn, so that no limit of a key is reached. */
  readonly keys: readonly AttackKey[];
  readonly requestsPerSecond: number;
}

/** Requests at a steady rate, whatever comes of those before: as many clients send them. */
export class Load {
  readonly samples: Sample[] = [];
  /** Batches that nobody has said to be stored. */
  readonly unsettled = new Set<Batch>();
  readonly #options: LoadOptions;
  readonly #startMs = performance.now();
  readonly #timer: NodeJS.Timeout;
  readonly #open = new Set<Promise<void>>();
  #sent = 0;

  constructor(options: LoadOptions) {
    this.#options = options;
    this.#timer = setInterval(() => this.#catchUp(), TICK_MS);
  }

  /** Sends nothing more and waits for every reply. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all(this.#open);
  }

  /**
   * Sends what is unsettled until all of it is stored, as clients do; what is too old to be taken by then is given up, as they
   * do as well.
   */
  async settle(replica: Replica): Promise<void> {
    for (const batch of this.unsettled) {
      const giveUpAtMs = batch.madeAtMs + MAX_EVENT_AGE_MS;
      let reply = await this.#options.sender.sendBatch(replica, batch);
      while (reply.status !== 201 && this.#options.sender.now() < giveUpAtMs) {
        await new Promise((next) => setTimeout(next, 100));
        reply = await this.#options.sender.sendBatch(replica, batch);
      }
      this.unsettled.delete(batch);
    }
  }

  #catchUp(): void {
    const due = ((performance.now() - this.#startMs) * this.#options.requestsPerSecond) / 1000;
    while (this.#sent < due) {
      if (this.#open.size >= MAX_OPEN) {
        this.#sent++;
        continue;
      }
      const work = this.#send(this.#sent++).finally(() => this.#open.delete(work));
      this.#open.add(work);
    }
  }

  async #send(index: number): Promise<void> {
    const { sender, replicas, keys } = this.#options;
    const replica = replicas[index % replicas.length] as Replica;
    const key = keys[index % keys.length] as AttackKey;
    const sentAtMs = performance.now();
    if (index % BATCH_EVERY !== 0) {
      this.samples.push({ replica, sentAtMs, reply: await sender.single(replica, key) });
      return;
    }
    const batch = sender.batch(key, EVENTS_PER_BATCH);
    const reply = await sender.sendBatch(replica, batch);
    if (reply.status !== 201) this.unsettled.add(batch);
    this.samples.push({ replica, sentAtMs, reply });
  }
}

/** Sends while something is done, and not a moment longer, whatever comes of it. */
export async function underLoad(options: LoadOptions, work: (load: Load) => Promise<unknown>): Promise<Load> {
  const load = new Load(options);
  try {
    await work(load);
  } finally {
    await load.stop();
  }
  return load;
}

/** The time within which all but one in a hundred are answered. */
export function p99Ms(samples: readonly Sample[]): number {
  const sorted = samples.map(({ reply }) => reply.tookMs).sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * 0.99) - 1)] ?? 0;
}

/** Statuses and how often each came, for messages. */
export function tally(samples: readonly Sample[]): string {
  const counts = new Map<string, number>();
  for (const { reply } of samples) {
    const name = `${reply.status ?? "lost"}${reply.code === undefined ? "" : ` ${reply.code}`}`;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return [...counts].map(([name, count]) => `${count} x ${name}`).join(", ");
}
