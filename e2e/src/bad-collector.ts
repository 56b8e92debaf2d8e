import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";
import { freePort } from "@org/services";

/** Something at the endpoint that is no working collector. */
export interface BadCollector {
  readonly url: string;
  /** connections that reached it; -1 when it cannot count them */
  readonly connections: () => number;
  close(): Promise<void>;
}

export type Misbehaviour = (socket: Socket) => void;

/** A port where nobody listens: every connection is refused. */
export async function downCollector(): Promise<BadCollector> {
  return { url: endpoint(await freePort()), connections: () => -1, close: async () => {} };
}

/** A server that takes connections and does `misbehave` with each. */
export async function misbehavingCollector(misbehave: Misbehaviour): Promise<BadCollector> {
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = createServer((socket) => {
    connections++;
    sockets.add(socket);
    socket.on("error", () => {});
    misbehave(socket);
  });
  const port = await listen(server);
  return {
    url: endpoint(port),
    connections: () => connections,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/**
 * A host that does not answer at all, as behind a firewall that drops packets: a listener that is stopped and whose queue is
 * full, so that the kernel drops every further SYN. Connecting neither succeeds nor fails.
 */
export async function unreachableCollector(): Promise<BadCollector> {
  const port = await freePort();
  const script = `require("node:net").createServer().listen({port:${port},host:"127.0.0.1",backlog:1},()=>console.log("up"))`;
  const listener = spawn(process.execPath, ["-e", script], { stdio: ["ignore", "pipe", "inherit"] });
  await once(listener.stdout, "data");
  listener.kill("SIGSTOP");
  const fillers = Array.from({ length: 8 }, () => connect(port, "127.0.0.1").on("error", () => {}));
  await untilQueueIsFull(port);
  return { url: endpoint(port), connections: () => -1, close: () => end(listener, fillers) };
}

/** A new connection that is still neither open nor refused after a while is one that was dropped. */
async function untilQueueIsFull(port: number): Promise<void> {
  for (;;) {
    const probe = connect(port, "127.0.0.1").on("error", () => {});
    const opened = await Promise.race([
      once(probe, "connect").then(() => true),
      new Promise<boolean>((resolve) => setTimeout(() => resolve(false), 300)),
    ]);
    if (!opened) return void probe.destroy();
  }
}

async function end(listener: ChildProcess, sockets: readonly Socket[]): Promise<void> {
  for (const socket of sockets) socket.destroy();
  listener.kill("SIGKILL");
  await once(listener, "exit");
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : 0);
    });
  });
}

const endpoint = (port: number) => `http://127.0.0.1:${port}/v1/events`;
