import { createServer, type RequestListener, type Server, type ServerOptions } from "node:http";
import { retrySoonSeconds } from "./error-handler.ts";
import { isHost } from "./host-header.ts";
import type { Lifecycle } from "./lifecycle.ts";
import { writeProblem } from "./problem.ts";
import { countOnConnection, ignoreFurtherRequests } from "./requests-per-connection.ts";

/** Listeners of `POST` to exactly these URLs. */
export type DirectRoutes = Map<string, RequestListener>;

/** What Node itself is told, in milliseconds. */
export interface ServerTimeouts {
  readonly connectionTimeout: number;
  readonly requestTimeout: number;
  readonly keepAliveTimeout: number;
}

/**
 * The server below Fastify. What no request may go on without is checked here, and requests to a direct route are served
 * past Fastify (decision 0006).
 *
 * @param framework takes all other requests
 */
export function openServer(
  options: ServerOptions,
  { connectionTimeout, requestTimeout, keepAliveTimeout }: ServerTimeouts,
  lifecycle: Lifecycle,
  direct: DirectRoutes,
  framework: RequestListener,
): Server {
  const server = createServer(options, (request, response) => {
    if (!countOnConnection(request.socket, response)) return;
    if (lifecycle.closing) {
      writeProblem(response, "shutting-down", { connection: "close", "retry-after": String(retrySoonSeconds()) });
    } else if (!isHost(request.headers.host, request.httpVersion)) {
      ignoreFurtherRequests(request.socket);
      writeProblem(response, "bad-request", { connection: "close" });
    } else {
      const listener = request.method === "POST" ? direct.get(request.url as string) : undefined;
      (listener ?? framework)(request, response);
    }
  });
  server.requestTimeout = requestTimeout;
  server.keepAliveTimeout = keepAliveTimeout;
  server.setTimeout(connectionTimeout);
  // An `Expect` that nobody knows is ignored; Node would answer it with a bare 417.
  server.on("checkExpectation", (request, response) => server.emit("request", request, response));
  return server;
}

const IDLE_CHECK_MS = 100;

/** Ends, until the server has closed, connections as soon as their last answer is given. Node itself looks for them but once. */
export function endIdleConnections(server: Server): void {
  if (!server.listening) return;
  const timer = setInterval(() => server.closeIdleConnections(), IDLE_CHECK_MS);
  server.once("close", () => clearInterval(timer));
}
