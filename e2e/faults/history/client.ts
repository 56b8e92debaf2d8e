import { setTimeout as wait } from "node:timers/promises";
import { MAX_EVENT_AGE_MS } from "@org/mcp-analytics-schema";
import type { AttackKey } from "../../attack/stack/attack-keys.ts";
import { hold } from "../../src/cases/run-cases.ts";
import type { Replica } from "../site/replica.ts";
import { type Reply, send } from "../wire/send.ts";
import type { Batch, Sender } from "../wire/sender.ts";
import type { Testimony } from "../wire/witness.ts";
import { badRequests } from "./bad-requests.ts";
import type { Random } from "./random.ts";

const PAUSE_MS = 25;
/** Room before the collector calls an event too old. */
const MARGIN_MS = 8_000;

interface SignedEvent {
  readonly body: string;
  readonly signedAtMs: number;
  readonly testimony: Testimony;
}

/** One client: does whatever clients do, in random order, and remembers what it was told. */
export class Client {
  readonly #sender: Sender;
  readonly #replicas: readonly Replica[];
  readonly #key: AttackKey;
  readonly #random: Random;
  readonly #batches: Batch[] = [];
  readonly #signed: SignedEvent[] = [];
  /** How often each thing was done, and what came of it. */
  readonly history = new Map<string, number>();

  constructor(sender: Sender, replicas: readonly Replica[], key: AttackKey, random: Random) {
    this.#sender = sender;
    this.#replicas = replicas;
    this.#key = key;
    this.#random = random;
  }

  async run(isOver: () => boolean): Promise<void> {
    const does = [
      ["single", () => this.#single()],
      ["batch", () => this.#batch(false)],
      ["signed batch", () => this.#batch(true)],
      ["signed event", () => this.#signedEvent()],
      ["batch again", () => this.#batchAgain()],
      ["signed event again", () => this.#signedAgain()],
      ["bad request", () => this.#bad()],
      ["batch good in part", () => this.#batch(false, 2)],
      ["batch twice at once", () => this.#batchTwice()],
    ] as const;
    while (!isOver()) {
      const [what, act] = this.#random.pick(does);
      const reply = await act();
      hold(reply?.status !== 503 || reply.headers["retry-after"] !== undefined, `${what}: a 503 without Retry-After`);
      const came = `${what}: ${reply?.status ?? "lost"}`;
      this.history.set(came, (this.history.get(came) ?? 0) + 1);
      await wait(this.#random.between(0, PAUSE_MS));
    }
  }

  /** Sends every batch again that may or may not be stored, until it is or is too old. */
  async settle(): Promise<void> {
    for (const batch of this.#batches) {
      while (batch.testimony.verdict !== "stored" && this.#isFresh(batch.madeAtMs)) {
        await this.#sendBatch(batch);
        await wait(PAUSE_MS);
      }
    }
  }

  #isFresh(madeAtMs: number): boolean {
    return Date.now() - madeAtMs < MAX_EVENT_AGE_MS - MARGIN_MS;
  }

  #replica(): Replica {
    return this.#random.pick(this.#replicas);
  }

  #single(): Promise<Reply> {
    return this.#sender.single(this.#replica(), this.#key);
  }

  #batch(signed: boolean, badEvents = 0): Promise<Reply> {
    const batch = this.#sender.batch(this.#key, this.#random.between(1, 12), signed, badEvents);
    this.#batches.push(batch);
    return this.#sendBatch(batch);
  }

  async #sendBatch(batch: Batch, replica = this.#replica()): Promise<Reply> {
    const wasStored = batch.testimony.verdict === "stored";
    const reply = await this.#sender.sendBatch(replica, batch);
    if (reply.status !== 201) return reply;
    const { duplicate, accepted } = reply.json;
    if (wasStored) hold(duplicate === true, "a stored batch is stored once more");
    hold(accepted === batch.goodEvents, `it says ${accepted} of ${batch.goodEvents} good events were accepted`);
    return reply;
  }

  /** As a client does that was too impatient. */
  async #batchTwice(): Promise<Reply> {
    const batch = this.#sender.batch(this.#key, this.#random.between(1, 12));
    this.#batches.push(batch);
    const replicas = [this.#replica(), this.#replica()];
    const replies = await Promise.all(replicas.map((replica) => this.#sendBatch(batch, replica)));
    if (replies.every(({ status }) => status === 201)) {
      const fresh = replies.filter(({ json }) => json.duplicate !== true).length;
      hold(fresh === 1, `${fresh} of two are told that a batch is new`);
    }
    return replies[0] as Reply;
  }

  async #batchAgain(): Promise<Reply | undefined> {
    const fresh = this.#batches.filter(({ madeAtMs }) => this.#isFresh(madeAtMs));
    return fresh.length === 0 ? undefined : this.#sendBatch(this.#random.pick(fresh));
  }

  async #signedEvent(): Promise<Reply> {
    const marks = this.#sender.witness.marks(this.#key, 1);
    const testimony = this.#sender.witness.enter(this.#key, marks, "a signed event");
    const body = JSON.stringify(this.#sender.event(marks[0] as number));
    const signed = { body, signedAtMs: Date.now(), testimony };
    this.#signed.push(signed);
    return this.#sendSigned(signed);
  }

  async #sendSigned({ body, signedAtMs, testimony }: SignedEvent): Promise<Reply> {
    const { apiKey, signingSecret } = this.#key;
    const wasStored = testimony.verdict === "stored";
    const reply = await send(this.#replica().process.eventsUrl, body, { apiKey, signingSecret, signedAtMs });
    hold(!(wasStored && reply.status === 201), "a signed event is taken a second time");
    // Refused as a replay: the try before, of which nothing was heard, has stored it.
    if (reply.code === "signature-replayed") testimony.stored();
    else this.#sender.witness.note(testimony, reply);
    return reply;
  }

  async #signedAgain(): Promise<Reply | undefined> {
    const fresh = this.#signed.filter(({ signedAtMs }) => this.#isFresh(signedAtMs));
    return fresh.length === 0 ? undefined : this.#sendSigned(this.#random.pick(fresh));
  }

  async #bad(): Promise<Reply> {
    const marks = this.#sender.witness.marks(this.#key, 1);
    const { what, path, body, options } = this.#random.pick(badRequests)(
      this.#sender.event(marks[0] as number),
      this.#key,
    );
    const testimony = this.#sender.witness.enter(this.#key, marks, what);
    const reply = await send(`${this.#replica().process.eventsUrl}${path}`, body, options);
    hold(reply.status !== 201, `${what} is taken`);
    // Whatever is said to it, even that storage is out: it must not be there.
    testimony.refused();
    return reply;
  }
}
