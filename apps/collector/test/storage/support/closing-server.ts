import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";

/** When the server closes: at once, after the start-up message, or after it has accepted the sign-in. */
export type ClosesAfter = "connect" | "startup" | "sign-in";

export interface ClosingServer {
  readonly url: string;
  /** Connects so far. */
  readonly connects: number;
  close(): Promise<void>;
}

/** AuthenticationOk, and server_version as a ParameterStatus. */
const SIGNED_IN = Buffer.from("52000000080000000053000000187365727665725f76657273696f6e0031382e3000", "hex");

/** Speaks as much of PostgreSQL's protocol as it needs to close on every client before it is ready. */
export async function startClosingServer(after: ClosesAfter): Promise<ClosingServer> {
  let connects = 0;
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    connects += 1;
    sockets.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => sockets.delete(socket));
    if (after === "connect") socket.end();
    else socket.once("data", () => (after === "startup" ? socket.end() : socket.end(SIGNED_IN)));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `postgres://user:password@127.0.0.1:${(server.address() as AddressInfo).port}/database`,
    get connects() {
      return connects;
    },
    async close() {
      const closed = once(server, "close");
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
