import { spawn } from "node:child_process";
import { connect, type Socket } from "node:net";

/** A port of this machine at which no connection is ever made and none refused: the packets that ask for one are thrown away. */
export interface BlackHole {
  readonly port: number;
  close(): Promise<void>;
}

/** Listens, then never looks at its queue of connections again. */
const LISTENER = `require("node:net").createServer().listen({ port: 0, host: "127.0.0.1", backlog: 1 }, function () {
  require("node:fs").writeSync(1, this.address().port + "\\n");
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
});`;

/** Longest that a connection on this machine takes that is answered at all. */
const ANSWERED_WITHIN_MS = 500;
const MOST_CONNECTIONS = 16;

/** Fills the queue of a listener that does not look at it; from then on nobody is answered. */
export async function startBlackHole(): Promise<BlackHole> {
  const child = spawn(process.execPath, ["-e", LISTENER], { stdio: ["ignore", "pipe", "inherit"] });
  const exited = new Promise((resolve) => child.once("exit", resolve));
  const port = Number(await new Promise((resolve) => child.stdout.once("data", (text) => resolve(String(text)))));
  const sockets: Socket[] = [];
  const close = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy();
    child.kill("SIGKILL");
    await exited;
  };
  for (let i = 0; i < MOST_CONNECTIONS; i++) {
    const socket = connect(port, "127.0.0.1").on("error", () => {});
    sockets.push(socket);
    const answered = await Promise.race([
      new Promise((resolve) => socket.once("connect", () => resolve(true))),
      new Promise((resolve) => setTimeout(resolve, ANSWERED_WITHIN_MS, false)),
    ]);
    if (!answered) return { port, close };
  }
  await close();
  throw new Error("the listener still takes connections");
}
