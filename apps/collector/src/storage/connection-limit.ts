/** A place among those who use connections, or in the queue for one. */
export interface Place {
  /** Resolves when it is one's turn; undefined when it is at once. */
  readonly turn: Promise<void> | undefined;
  /** Gives the place up, wherever it is. To be called once. */
  leave(): void;
}

/**
 * Lets as many use connections at once as there are, and the others wait in their order. postgres.js would send what finds
 * every connection busy behind what runs on one. Then, where it has to prepare a statement anew that the server has lost, it
 * takes answers to one for answers to the other: an event would be said to be stored that is not, or a key be another's.
 */
export class ConnectionLimit {
  readonly #queue = new Set<() => void>();
  #free: number;

  constructor(connections: number) {
    this.#free = connections;
  }

  enter(): Place {
    if (this.#free > 0) {
      this.#free -= 1;
      return { turn: undefined, leave: () => this.#next() };
    }
    let begin = () => {};
    const turn = new Promise<void>((resolve) => {
      begin = resolve;
    });
    this.#queue.add(begin);
    return {
      turn,
      leave: () => {
        if (!this.#queue.delete(begin)) this.#next();
      },
    };
  }

  #next(): void {
    const [begin] = this.#queue;
    if (begin === undefined) {
      this.#free += 1;
      return;
    }
    this.#queue.delete(begin);
    begin();
  }
}
