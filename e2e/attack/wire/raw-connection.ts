import { connect, type Socket } from "node:net";
import { connect as connectSecurely } from "node:tls";
import { type Answer, takeAnswer } from "./answer.ts";
import type { Endpoint } from "./endpoint.ts";

const DEADLINE_MS = 30_000;

/** The connection ended, or nothing came in time. */
export class NoAnswerError extends Error {
  override readonly name = "NoAnswerError";
}

/** A connection that sends exactly the bytes it is given. */
export class RawConnection {
  readonly #socket: Socket;
  #received = "";
  #ended = false;
  #wake: () => void = () => {};

  constructor({ host, port, secure }: Endpoint) {
    this.#socket = secure ? connectSecurely({ host, port, servername: host }) : connect(port, host);
    this.#socket.on("data", (chunk: Buffer) => {
      this.#received += chunk.toString("latin1");
      this.#wake();
    });
    this.#socket.on("error", () => {});
    for (const event of ["end", "close"]) {
      this.#socket.on(event, () => {
        this.#ended = true;
        this.#wake();
      });
    }
  }

  send(bytes: string | Uint8Array): void {
    this.#socket.write(bytes);
  }

  /** Everything received that no answer has taken. */
  get rest(): string {
    return this.#received;
  }

  get isEnded(): boolean {
    return this.#ended;
  }

  /** The next answer. @throws NoAnswerError */
  async answer(hasBody = true): Promise<Answer> {
    let taken: ReturnType<typeof takeAnswer>;
    await this.#until(() => {
      taken = takeAnswer(this.#received, hasBody, this.#ended);
      return taken !== undefined || this.#ended;
    }, "no answer came");
    if (taken === undefined) throw new NoAnswerError("the connection ended without an answer");
    this.#received = taken.rest;
    return taken.answer;
  }

  /** Every answer until the other side ends the connection. */
  async answersUntilClosed(deadlineMs = DEADLINE_MS): Promise<Answer[]> {
    await this.closed(deadlineMs);
    const answers: Answer[] = [];
    for (;;) {
      const taken = takeAnswer(this.#received, true, true);
      if (taken === undefined) return answers;
      this.#received = taken.rest;
      answers.push(taken.answer);
    }
  }

  /** Resolves when the other side has ended the connection. @throws NoAnswerError */
  closed(deadlineMs = DEADLINE_MS): Promise<void> {
    return this.#until(() => this.#ended, "the connection stayed open", deadlineMs);
  }

  /** Stops reading: what the other side sends piles up. */
  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  /** Ends it as a client does that goes away. */
  end(): void {
    this.#socket.destroy();
  }

  async #until(isSo: () => boolean, otherwise: string, deadlineMs = DEADLINE_MS): Promise<void> {
    const endMs = performance.now() + deadlineMs;
    while (!isSo()) {
      const leftMs = endMs - performance.now();
      if (leftMs <= 0) throw new NoAnswerError(`${otherwise} within ${Math.round(deadlineMs / 1000)} s`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, leftMs);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }
}
