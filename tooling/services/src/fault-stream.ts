import type { Socket } from "node:net";

export interface StreamFaults {
  /** What goes on of a piece; undefined: nothing. */
  readonly pass: (data: Buffer) => Buffer | undefined;
  readonly delayMs: () => number;
  readonly isHeld: () => boolean;
}

type Piece = Buffer | "end";

/** One direction of a connection. What arrives goes out in its order, late or held back, and so does the end. */
export class Stream {
  readonly #from: Socket;
  readonly #to: Socket;
  readonly #faults: StreamFaults;
  #held: Piece[] = [];
  readonly #late: Piece[] = [];
  #lastDeliveryAtMs = 0;

  constructor(from: Socket, to: Socket, faults: StreamFaults) {
    this.#from = from;
    this.#to = to;
    this.#faults = faults;
    from.setNoDelay(true);
    from.on("error", () => {});
    from.on("data", (data: Buffer) => this.#take(data));
    from.on("close", () => this.#take("end"));
  }

  get hasHeld(): boolean {
    return this.#held.length > 0;
  }

  /** Delivers what was held back. */
  release(): void {
    const held = this.#held;
    this.#held = [];
    for (const piece of held) this.#send(piece);
  }

  destroy(): void {
    this.#from.destroy();
    this.#to.destroy();
  }

  #take(piece: Piece): void {
    if (this.#faults.isHeld()) this.#held.push(piece);
    else this.#send(piece);
  }

  #send(piece: Piece): void {
    const nowMs = performance.now();
    const atMs = Math.max(this.#lastDeliveryAtMs, nowMs + this.#faults.delayMs());
    if (atMs <= nowMs && this.#late.length === 0) {
      this.#deliver(piece);
      return;
    }
    this.#lastDeliveryAtMs = atMs;
    // Whichever timer fires first delivers the oldest, so timers that are out by a millisecond change no order.
    this.#late.push(piece);
    setTimeout(() => this.#deliver(this.#late.shift() as Piece), atMs - nowMs);
  }

  #deliver(piece: Piece): void {
    if (piece === "end") {
      this.#to.destroySoon();
      return;
    }
    const data = this.#faults.pass(piece);
    if (data !== undefined && this.#to.writable) this.#to.write(data);
  }
}
