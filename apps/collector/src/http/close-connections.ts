import type { Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";

const CHECK_MS = 100;

/**
 * Returns a function that, until the server has closed, ends each connection without a response in flight: idle ones,
 * silent ones and those with half a header. Node's `closeIdleConnections` spares the last two.
 */
export function trackConnections(server: Server): () => void {
  const sockets = new Set<Socket & { _httpMessage?: ServerResponse | null }>();
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });

  return function closeUnusedConnections() {
    const closeUnused = () => {
      for (const socket of sockets) if (!socket._httpMessage) socket.destroy();
    };
    closeUnused();
    const timer = setInterval(closeUnused, CHECK_MS);
    server.once("close", () => clearInterval(timer));
  };
}
