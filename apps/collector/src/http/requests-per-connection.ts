import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";

/** After so many requests a connection ends, and the client opens another, perhaps to another replica. */
export const MAX_REQUESTS_PER_CONNECTION = 1_000;

const COUNT = Symbol("requests");
type CountedSocket = Socket & { [COUNT]?: number };

/**
 * Counts a request on its connection. The answer to the last one that counts says that the connection ends with it; what was
 * sent behind it is neither looked at nor answered. (Node's own limit answers 503 without a word or header.)
 *
 * @returns whether the request may be looked at
 */
export function countOnConnection(socket: CountedSocket, response: ServerResponse): boolean {
  const count = (socket[COUNT] ?? 0) + 1;
  socket[COUNT] = count;
  if (count === MAX_REQUESTS_PER_CONNECTION) response.shouldKeepAlive = false;
  return count <= MAX_REQUESTS_PER_CONNECTION;
}

/** For a connection that ends with the answer to come: what was sent behind its request would be served and never answered. */
export function ignoreFurtherRequests(socket: CountedSocket): void {
  socket[COUNT] = MAX_REQUESTS_PER_CONNECTION;
}
