import { BATCH_PATH_SUFFIX, type Event } from "@org/mcp-analytics-schema";
import { newBatchId } from "../../attack/runner/trial.ts";
import type { AttackKey } from "../../attack/stack/attack-keys.ts";
import type { Replica } from "../site/replica.ts";
import { type Reply, type SendOptions, send } from "./send.ts";
import type { Testimony, Witness } from "./witness.ts";

export interface Batch {
  readonly key: AttackKey;
  readonly batchId: string;
  /** Unix ms on the clock of the sender */
  readonly madeAtMs: number;
  readonly body: string;
  /** How many of its events are valid. */
  readonly goodEvents: number;
  readonly testimony: Testimony;
  readonly signingSecret: string | undefined;
}

/** Sends events that a witness remembers. */
export class Sender {
  readonly witness: Witness;
  /** Clock of the sender, Unix ms. */
  readonly now: () => number;

  constructor(witness: Witness, now: () => number = Date.now) {
    this.witness = witness;
    this.now = now;
  }

  event(durationMs: number): Event {
    return { tool: "get_forecast", success: true, timestamp: this.now(), durationMs };
  }

  /** One event, unsigned unless told otherwise. */
  async single(replica: Replica, key: AttackKey, options: SendOptions = {}): Promise<Reply> {
    const marks = this.witness.marks(key, 1);
    const testimony = this.witness.enter(key, marks, "a single event");
    const body = JSON.stringify(this.event(marks[0] as number));
    const reply = await send(replica.process.eventsUrl, body, { apiKey: key.apiKey, ...options });
    this.witness.note(testimony, reply);
    return reply;
  }

  /**
   * A batch that can be sent any number of times.
   *
   * @param badEvents events of it that must be refused, besides the others
   */
  batch(key: AttackKey, goodEvents: number, signed = false, badEvents = 0): Batch {
    const { witness } = this;
    const [good, bad] = [witness.marks(key, goodEvents), witness.marks(key, badEvents)];
    const batchId = newBatchId();
    const events = [...good.map((mark) => this.event(mark)), ...bad.map((mark) => ({ ...this.event(mark), extra: 1 }))];
    const testimony = witness.enter(key, good, "a batch");
    // Whatever comes of the batch, they must not be there.
    if (badEvents > 0) witness.enter(key, bad, "the bad part of a batch").refused();
    return {
      key,
      batchId,
      madeAtMs: this.now(),
      body: JSON.stringify({ batchId, events }),
      goodEvents,
      testimony,
      signingSecret: signed ? key.signingSecret : undefined,
    };
  }

  async sendBatch(replica: Replica, batch: Batch, options: SendOptions = {}): Promise<Reply> {
    const { key, body, testimony, signingSecret } = batch;
    const url = `${replica.process.eventsUrl}${BATCH_PATH_SUFFIX}`;
    const reply = await send(url, body, { apiKey: key.apiKey, signingSecret, signedAtMs: this.now(), ...options });
    this.witness.note(testimony, reply);
    return reply;
  }
}
