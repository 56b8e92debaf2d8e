import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";

/** How much of a body is read and thrown away after its answer, so that the client gets the answer and not a reset. */
const MAX_DISCARDED_BYTES = 256 * 1024;

const answered = new WeakSet<Socket>();

/** Whether the request that is still arriving on this connection has had its answer. */
export function wasAnswered(socket: Socket): boolean {
  return answered.has(socket);
}

/**
 * Lets go of a body that nobody will read: what is left of it is thrown away up to a bound, then the connection is ended.
 * Call it before answering a request early.
 */
export function discardBody(message: IncomingMessage): void {
  if (message.complete || message.destroyed) return;
  const { socket } = message;
  answered.add(socket);
  let discardedBytes = 0;
  message.on("data", (chunk: Buffer) => {
    discardedBytes += chunk.length;
    if (discardedBytes > MAX_DISCARDED_BYTES) socket.destroy();
  });
  message.once("end", () => answered.delete(socket));
  message.on("error", () => socket.destroy());
  message.resume();
}
