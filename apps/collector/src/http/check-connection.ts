import type { Socket } from "node:net";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { isHost } from "./host-header.ts";
import type { Lifecycle } from "./lifecycle.ts";
import { ProblemError } from "./problem.ts";
import { setSecurityHeaders } from "./security-headers.ts";

/** After this a connection ends, and the client opens another, perhaps to another replica. */
export const MAX_REQUESTS_PER_CONNECTION = 1_000;

const CHUNKED = /^chunked$/i;
const REQUESTS = Symbol("requests");
type CountedSocket = Socket & { [REQUESTS]?: number };

/** Whether two readers of these headers agree about where the request goes and where its body ends. */
function isUnambiguous({ headers, raw }: FastifyRequest): boolean {
  const transferEncoding = headers["transfer-encoding"];
  // Node skips any coding before `chunked`, so `gzip, chunked` would be read as plain chunks.
  if (transferEncoding !== undefined && !CHUNKED.test(transferEncoding)) return false;
  return isHost(headers.host, raw.httpVersion);
}

/**
 * The first hook of every request: its number on the connection, a shutdown, `Host` and `Transfer-Encoding`. A refusal here
 * ends the connection. Node parses pipelined requests ahead: those behind the last one get no response, so they have no
 * effect either. (Node's own `maxRequestsPerSocket` sends each of them a bare 503.)
 */
export function checkConnection(app: FastifyInstance, lifecycle: Lifecycle): void {
  app.addHook("onRequest", function connection(request, reply, done) {
    const socket: CountedSocket = request.raw.socket;
    const count = (socket[REQUESTS] ?? 0) + 1;
    socket[REQUESTS] = count;
    if (count > MAX_REQUESTS_PER_CONNECTION) {
      reply.hijack();
      return;
    }
    setSecurityHeaders(reply);
    const isRefused = lifecycle.closing || !isUnambiguous(request);
    if (isRefused || count === MAX_REQUESTS_PER_CONNECTION) reply.header("connection", "close");
    if (!isRefused) {
      done();
      return;
    }
    if (!lifecycle.closing) socket[REQUESTS] = MAX_REQUESTS_PER_CONNECTION;
    done(new ProblemError(lifecycle.closing ? "shutting-down" : "bad-request"));
  });
}
