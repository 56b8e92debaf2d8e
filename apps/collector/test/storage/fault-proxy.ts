import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** Stands between a client and a database and plays the faults of a network. */
export interface FaultProxy {
  /** URL of the database through the proxy. */
  readonly url: string;
  /** Cuts every connection and refuses new ones. */
  cut(): Promise<void>;
  /** Takes connections again, at the same port. */
  restore(): Promise<void>;
  /** Lets nothing through any more, without closing anything. */
  hang(): void;
  /** Cuts the connections at the next answer that holds `text`, which is not passed on. */
  cutBeforeAnswer(text: string): void;
  close(): Promise<void>;
}

export async function startFaultProxy(databaseUrl: string): Promise<FaultProxy> {
  const target = new URL(databaseUrl);
  const sockets = new Set<Socket>();
  let hanging = false;
  let cutAt: string | undefined;

  const destroyAll = () => {
    for (const socket of sockets) socket.destroy();
    sockets.clear();
  };
  const server = createServer((client) => {
    const upstream = connect(Number(target.port || 5432), target.hostname);
    for (const socket of [client, upstream]) {
      socket.setNoDelay(true);
      sockets.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => {
        client.destroy();
        upstream.destroy();
      });
    }
    client.on("data", (data) => hanging || upstream.write(data));
    upstream.on("data", (data) => {
      if (cutAt !== undefined && data.includes(cutAt)) {
        cutAt = undefined;
        destroyAll();
      } else if (!hanging) client.write(data);
    });
  });
  const listen = async (port: number) => {
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
    return (server.address() as AddressInfo).port;
  };
  const stop = async () => {
    const closed = once(server, "close");
    server.close();
    destroyAll();
    await closed;
  };

  const port = await listen(0);
  const url = new URL(databaseUrl);
  url.hostname = "127.0.0.1";
  url.port = String(port);
  return {
    url: url.href,
    cut: stop,
    async restore() {
      hanging = false;
      if (!server.listening) await listen(port);
    },
    hang() {
      hanging = true;
    },
    cutBeforeAnswer(text) {
      cutAt = text;
    },
    async close() {
      if (server.listening) await stop();
    },
  };
}
