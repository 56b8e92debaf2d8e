import { connect, type Socket } from "node:net";
import type { TestCollector } from "./test-collector.ts";

/** One answer as it came over the connection. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A connection that sends exactly the bytes it is given. */
export class RawConnection {
  readonly #socket: Socket;
  #received = "";
  #closed = false;
  #wake: () => void = () => {};

  constructor(port: number, host = "127.0.0.1") {
    this.#socket = connect(port, host);
    this.#socket.on("data", (chunk: Buffer) => {
      this.#received += chunk.toString("latin1");
      this.#wake();
    });
    this.#socket.on("error", () => {});
    this.#socket.on("close", () => {
      this.#closed = true;
      this.#wake();
    });
  }

  send(bytes: string | Uint8Array): void {
    this.#socket.write(bytes);
  }

  /** Everything received that no answer has taken. */
  get rest(): string {
    return this.#received;
  }

  /** The next answer; rejects when the connection ends without one. */
  async answer(): Promise<RawAnswer> {
    for (;;) {
      const parsed = parseAnswer(this.#received);
      if (parsed !== undefined) {
        this.#received = parsed.rest;
        return parsed.answer;
      }
      if (this.#closed) throw new Error(`connection closed with ${JSON.stringify(this.#received)}`);
      await this.#change();
    }
  }

  /** Resolves when the other side has closed. */
  async closed(): Promise<void> {
    while (!this.#closed) await this.#change();
  }

  end(): void {
    this.#socket.destroy();
  }

  #change(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }
}

function parseAnswer(text: string): { answer: RawAnswer; rest: string } | undefined {
  const headEnd = text.indexOf("\r\n\r\n");
  if (headEnd === -1) return undefined;
  const [statusLine = "", ...lines] = text.slice(0, headEnd).split("\r\n");
  const status = Number(statusLine.split(" ")[1]);
  if (status === 100) return parseAnswer(text.slice(headEnd + 4));
  const headers = Object.fromEntries(
    lines.map((line) => {
      const colon = line.indexOf(":");
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
    }),
  );
  const length = Number(headers["content-length"] ?? 0);
  const body = text.slice(headEnd + 4, headEnd + 4 + length);
  if (body.length < length) return undefined;
  return { answer: { status, headers, body }, rest: text.slice(headEnd + 4 + length) };
}

/** A request as text; the caller adds what is special about it. */
export function requestText(
  method: string,
  target: string,
  headers: readonly (readonly [string, string])[],
  body = "",
): string {
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join("");
  return `${method} ${target} HTTP/1.1\r\nHost: collector\r\n${lines}\r\n${body}`;
}

/** A request for one event that would be stored. */
export function eventRequest({ event, key }: TestCollector, target = "/v1/events"): string {
  const body = JSON.stringify(event());
  const headers = [
    ["Content-Type", "application/json"],
    ["X-API-Key", key.apiKey],
    ["Content-Length", String(body.length)],
  ] as const;
  return requestText("POST", target, headers, body);
}

/** Sends one request on a connection of its own and returns the answer. */
export async function exchange(port: number, bytes: string | Uint8Array): Promise<RawAnswer> {
  const connection = new RawConnection(port);
  connection.send(bytes);
  try {
    return await connection.answer();
  } finally {
    connection.end();
  }
}
