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

  /** A batch that can be sent any number of times. */
  batch(key: AttackKey, events: number, signed = false): Batch {
    const marks = this.witness.marks(key, events);
    const batchId = newBatchId();
    const body = JSON.stringify({ batchId, events: marks.map((mark) => this.event(mark)) });
    const testimony = this.witness.enter(key, marks, "a batch");
    return {
      key,
      batchId,
      madeAtMs: this.now(),
      body,
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
