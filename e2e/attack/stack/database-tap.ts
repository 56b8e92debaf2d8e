import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";

/** How far a collector had spoken to PostgreSQL at some moment. */
export type TapMark = ReadonlyMap<Heard, number>;

interface Heard {
  text: string;
}

/** Stands between the collectors and PostgreSQL and remembers every byte that goes to the server. */
export class DatabaseTap {
  /** The database, through the tap. */
  readonly url: string;
  readonly #server: Server;
  readonly #sockets: Set<Socket>;
  readonly #heard: Set<Heard>;

  private constructor(url: string, server: Server, sockets: Set<Socket>, heard: Set<Heard>) {
    this.url = url;
    this.#server = server;
    this.#sockets = sockets;
    this.#heard = heard;
  }

  static async start(databaseUrl: string): Promise<DatabaseTap> {
    const tapped = new URL(databaseUrl);
    const { hostname, port } = tapped;
    const sockets = new Set<Socket>();
    const heard = new Set<Heard>();
    const server = createServer((client) => {
      const own: Heard = { text: "" };
      heard.add(own);
      const upstream = connect(Number(port), hostname);
      for (const socket of [client, upstream]) {
        sockets.add(socket);
        socket.setNoDelay(true);
        socket.on("error", () => {});
        socket.on("close", () => {
          sockets.delete(socket);
          client.destroy();
          upstream.destroy();
        });
      }
      client.on("data", (chunk: Buffer) => {
        own.text += chunk.toString("latin1");
      });
      client.pipe(upstream).pipe(client);
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    tapped.port = String((server.address() as AddressInfo).port);
    return new DatabaseTap(tapped.href, server, sockets, heard);
  }

  mark(): TapMark {
    return new Map([...this.#heard].map((heard) => [heard, heard.text.length]));
  }

  /** What was sent since the mark, one text per connection. */
  since(mark: TapMark): string[] {
    return [...this.#heard].map((heard) => heard.text.slice(mark.get(heard) ?? 0)).filter((text) => text !== "");
  }

  /** How often a text was sent. */
  count(text: string): number {
    let count = 0;
    for (const heard of this.#heard) count += heard.text.split(text).length - 1;
    return count;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, "close");
  }
}
